import Apus
import ApusKernels
import Testing
import _ApusTestSupport

/// Convolutions of a frozen graph, whose weights are prepared once, against the same in float64.
@Suite struct PackedConvolutionTests {
    typealias Sizes = ConvolutionEngineTests.Sizes

    /// Images so small that Winograd's tiles fill no panel, one image and several, with as many rows as threads and fewer.
    static let small: [Sizes] = [
        Sizes(input: [1, 64, 7, 7], outputs: 96, kernel: [3, 3], padding: 1),
        Sizes(input: [1, 64, 14, 14], outputs: 96, kernel: [3, 3], padding: 1),
        Sizes(input: [1, 40, 7, 7], outputs: 40, kernel: [5, 5], padding: 2, groups: 40),
        Sizes(input: [1, 33, 1, 9], outputs: 33, kernel: [7, 7], padding: 3, groups: 33),
        Sizes(input: [3, 21, 2, 5], outputs: 21, kernel: [3, 3], padding: 1, groups: 21),
        Sizes(input: [1, 300, 14, 14], outputs: 24, kernel: [1, 1]),
    ]

    static let all =
        small + ConvolutionEngineTests.depthwise + ConvolutionEngineTests.dense
        + ConvolutionEngineTests.narrow
        + ConvolutionEngineTests.filtered + ConvolutionEngineTests.filteredKinds
        + ConvolutionEngineTests.products

    @Test(arguments: all, [false, true])
    func theyEqualProductsOfWindows(_ sizes: Sizes, _ hasBias: Bool) throws {
        try compare(sizes, hasBias)
    }

    @Test(arguments: ConvolutionEngine.allCases)
    func everyEngineDoes(_ engine: ConvolutionEngine) throws {
        try ConvolutionEngine.$forced.withValue(engine) {
            for sizes in Self.all { try compare(sizes, true) }
        }
    }

    private func compare(_ sizes: Sizes, _ hasBias: Bool) throws {
        let generator = RandomGenerator(seed: 7)
        func random(_ shape: Shape) -> Tensor { .uniform(shape, low: -1, high: 1, using: generator) }
        let x = random(sizes.input)
        let weight = random([sizes.outputs, sizes.input[1] / sizes.groups] + sizes.kernel)
        let bias = hasBias ? random([sizes.outputs]) : nil
        let wanted = sizes.convolution(
            x.to(.float64), weight.to(.float64), bias?.to(.float64)
        ).relu()
        let graph = Trace.of([x]) { [sizes.convolution($0[0], weight, bias).relu()] }
        let frozen = FrozenGraph(graph)
        let largest = wanted.max().item(as: Double.self)
        let results = try [1, 2].map { threads in
            try withThreads(threads) { try frozen.run([x])[0] }
        }
        for result in results {
            let difference = (result.to(.float64) - wanted).abs().max().item(as: Double.self)
            #expect(difference <= 2e-5 * largest, "\(sizes)")
        }
        #expect(results[0].array(of: Float.self) == results[1].array(of: Float.self), "\(sizes)")
        let unknown = try frozen.run([Tensor.full(sizes.input, Float.nan)])[0]
        #expect(unknown.array(of: Float.self).contains { $0.isNaN }, "\(sizes)")
    }
}
