import Testing

@testable import Apus
@testable import ApusNN

/// What every operation says about where positions come from, against its gradients.
@Suite struct ReachTests {
    private typealias Sample = Apus.Operation.Sample

    /// The statistics of normalisations do not count.
    private static let normalizations: Set = [
        "batchNorm", "layerNorm", "groupNorm", "instanceNorm", "rmsNorm", "channelLayerNorm",
        "complexBatchNorm",
        "complexGroupNorm", "complexLayerNorm",
    ]
    /// That what these leave in place comes from there alone, only their numbers say.
    private static let unstated: Set = [
        "flip", "gather", "indexSelect", "maskedSelect", "maxUnpool", "put", "roll", "scatter", "scatterAdd",
        "sort", "subscript", "take",
        "topK",
    ]
    /// What takes [batch, channels, spatial axes…], and mixes channels.
    private static let images: Set = [
        "channelShuffle", "conv", "convTranspose", "depthwiseConv", "depthwiseSeparableConv",
        "flattenedConv",
        "foldImage", "pixelShuffle", "pixelUnshuffle", "pointwiseGroupedConv", "resizeConv",
        "shuffledGroupedConv",
        "spatiallySeparableConv", "trueConv", "unfoldImage",
    ]

    private static func inputs(_ sample: Sample, _ dtype: DType) -> [Tensor] {
        let generator = RandomGenerator(seed: 5)
        return sample.inputs.map { input in
            switch input.fixedDType {
            case .bool: .bernoulli(input.shape, dtype: .bool, using: generator)
            case let fixed?:
                .randomIntegers(
                    input.shape, low: Int(input.low), high: Int(input.high), dtype: fixed, using: generator)
            case nil: .uniform(input.shape, low: input.low, high: input.high, dtype: dtype, using: generator)
            }
        }
    }

    /// What the graph of a call tells of the result, the axes of one input from `first` on taken as spatial; nil where
    /// the result does not depend on that input.
    private static func origins(_ sample: Sample, _ inputs: [Tensor], _ number: Int, from first: Int)
        -> AxisOrigins?
    {
        let graph = Trace.of([inputs[number]]) { traced in
            var inputs = inputs
            inputs[number] = traced[0]
            return [sample.call(inputs)]
        }
        var known = [graph.inputs[0]: AxisOrigins(input: inputs[number].shape, from: first)]
        for application in graph.applications {
            let origins = application.inputs.map { known[$0] }
            if !origins.contains(where: { $0 != nil }) { continue }
            for result in application.results {
                known[result] = AxisOrigins(
                    application.primitive, inputs: application.inputs.map { graph.values[$0].shape },
                    result: graph.values[result].shape, of: origins)
            }
        }
        return known[graph.outputs[0]]
    }

    private static func coordinates(_ element: Int, _ shape: Shape) -> [Int] {
        zip(shape, shape.contiguousStrides).map { element / $1 % $0 }
    }

    private static func check(_ operation: Apus.Operation, _ sample: Sample, _ dtype: DType, _ number: Int) {
        var inputs = inputs(sample, dtype)
        let x = inputs[number].requiringGradient()
        inputs[number] = x
        let result = sample.call(inputs)
        let first = images.contains(operation.name) ? 2 : 0
        guard result.requiresGradient, result.count > 0, x.rank > first,
            let origins = origins(sample, inputs.map { $0.detach() }, number, from: first)
        else { return }
        let name = "\(operation.name), \(sample.reference), input \(number)"
        var isElementwise = result.shape == x.shape
        for element in Swift.stride(from: 0, to: result.count, by: Swift.max(result.count / 8, 1)) {
            var seen = [Bool](repeating: false, count: x.count)
            for unit in result.dtype.isComplex ? [Complex<Double>(1, 0), .i] : [1] {
                var upstream = [Complex<Double>](repeating: 0, count: result.count)
                upstream[element] = unit
                let slope = gradient(
                    of: result, at: x, upstream: Tensor(upstream, shape: result.shape, dtype: result.dtype),
                    retainGraph: true)
                for (index, value) in (slope .!= 0).array(of: Bool.self).enumerated() where value {
                    seen[index] = true
                }
            }
            let position = coordinates(element, result.shape)
            for index in seen.indices where seen[index] {
                let source = coordinates(index, x.shape)
                if source != position { isElementwise = false }
                for axis in source.indices.dropFirst(first) {
                    guard let reach = origins.reaches[axis - first],
                        let along = origins.axis(along: axis - first)
                    else { continue }
                    let range = reach[position[along]]
                    // What stands in a padding may come from anywhere.
                    let isInside = range.map { $0.lowerBound >= 0 && $0.upperBound < x.shape[axis] } ?? true
                    if isInside && range?.contains(source[axis]) != true {
                        Issue.record(
                            "\(name): \(position) sees \(source), but axis \(axis) is said to be \(reach)")
                        return
                    }
                }
            }
        }
        if isElementwise && number == 0 && !unstated.contains(operation.name) && x.count > 1 {
            #expect(!origins.reaches.contains { $0 == nil }, "\(name) is elementwise, and does not say so")
        }
    }

    @Test(arguments: Apus.Operation.all.indices)
    func statedReachHoldsWhatGradientsMeasure(_ index: Int) {
        let operation = Apus.Operation.all[index]
        guard operation.isDifferentiable, !Self.normalizations.contains(operation.name) else { return }
        let dtype: DType = operation.dtypes.contains(.float64) ? .float64 : .complex128
        for sample in operation.samples {
            for number in sample.inputs.indices where sample.inputs[number].fixedDType == nil {
                Self.check(operation, sample, dtype, number)
            }
        }
    }
}
