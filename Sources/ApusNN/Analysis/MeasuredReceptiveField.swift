import Apus

/// The receptive field of one position of a function's result, measured: the smallest box outside of which the
/// input's gradient is zero.
///
/// It lies within the computed field (see `ReceptiveField`), and fills it where the field lies inside the
/// input and the position is one of those that see most. Maxima pass a gradient to one input alone,
/// so inputs are drawn `samples` times and the boxes joined; parameters are made positive meanwhile, in double
/// precision, so that no ReLU is closed and nothing cancels. Running statistics stay as they are.
///
/// - Parameters:
///   - module: whose parameters the function uses; it is in evaluation mode meanwhile.
///   - input: [batch, channels, spatial axes…]; the field in the first of the batch is measured.
///   - position: along the result's spatial axes; nil is the middle.
/// - Returns: the first and last position along each spatial axis of the input; nil where there is none.
public func measuredReceptiveField(
    of module: Module? = nil, input: Shape, at position: [Int]? = nil, samples: Int = 8,
    file: StaticString = #fileID, line: UInt = #line, _ forward: (Tensor) -> Tensor
) -> [ClosedRange<Int>?] {
    let site = CallSite(file: file, line: line)
    if input.count < 3 || input.contains(0) {
        fail("measuredReceptiveField", "shape \(input) is not [batch, channels, spatial axes…]", at: site)
    }
    let axes = 2..<input.count
    var seen = [ClosedRange<Int>?](repeating: nil, count: axes.count)
    let generator = RandomGenerator(seed: 0)
    let parameters = module?.parameters() ?? []
    let kept = parameters.map { (value: $0.value.detach(), gradient: $0.grad) }
    let modes = module?.modes()
    let frozen = parameters.filter { !$0.isTrainable }
    module?.evaluate()
    for parameter in frozen { parameter.isTrainable = true }
    defer {
        for parameter in frozen { parameter.isTrainable = false }
        if let modes { Module.restore(modes) }
        for (parameter, kept) in zip(parameters, kept) {
            parameter.value = kept.value
            if kept.gradient != nil { parameter.grad = kept.gradient }
        }
    }
    for parameter in parameters {
        let perOutput = Double(max(parameter.shape.dropFirst().reduce(1, *), 1))
        parameter.value = .uniform(
            parameter.shape, low: 0.5 / perOutput, high: 1.5 / perOutput, dtype: .float64, using: generator)
    }
    withGradient {
        for _ in 0..<samples {
            let x = Tensor.uniform(input, low: 0.5, high: 1.5, dtype: .float64, using: generator)
                .requiringGradient()
            var result = forward(x).narrow(axis: 0, start: 0, count: 1)
            let spatial = Array(result.shape.dropFirst(2))
            let position = position ?? spatial.map { $0 / 2 }
            if position.count != spatial.count
                || zip(position, spatial).contains(where: { !(0..<$1).contains($0) })
            {
                fail(
                    "measuredReceptiveField",
                    "position \(position) does not lie in the spatial axes of a result of shape \(result.shape)",
                    at: site)
            }
            for (axis, start) in position.enumerated() {
                result = result.narrow(axis: axis + 2, start: start, count: 1)
            }
            let gradient = gradient(of: result.sum(), at: x)
            for axis in axes {
                let others = input.indices.filter { $0 != axis }
                let isSeen = (gradient .!= 0).any(axes: others).array(of: Bool.self)
                guard let first = isSeen.firstIndex(of: true), let last = isSeen.lastIndex(of: true) else {
                    continue
                }
                let before = seen[axis - 2] ?? first...last
                seen[axis - 2] = min(first, before.lowerBound)...max(last, before.upperBound)
            }
        }
    }
    return seen
}

extension Layer {
    /// The receptive field of one position of the result, measured; see the function of this name.
    public func measuredReceptiveField(
        input: Shape, at position: [Int]? = nil, samples: Int = 8, file: StaticString = #fileID,
        line: UInt = #line
    ) -> [ClosedRange<Int>?] {
        ApusNN.measuredReceptiveField(
            of: self, input: input, at: position, samples: samples, file: file, line: line
        ) { self($0, file: file, line: line) }
    }
}
