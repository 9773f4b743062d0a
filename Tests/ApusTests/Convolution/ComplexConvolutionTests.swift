import Apus
import Testing
import _ApusTestSupport

/// complex64 convolutions against products of windows in complex128, at sizes that reach each of their kernels.
@Suite struct ComplexConvolutionTests {
    typealias Sizes = ConvolutionEngineTests.Sizes

    /// Tiles that hang over the edges, uneven paddings, outputs that fill half a panel, sums in one part and in
    /// several; and what goes to the real engine with an expanded weight, or to neither.
    static let sizes: [Sizes] = [
        Sizes(input: [2, 16, 13, 15], outputs: 24, kernel: [3, 3], padding: 1),
        Sizes(input: [3, 24, 16, 9], outputs: 40, kernel: [3, 3], padding: [0, 2]),
        Sizes(input: [4, 16, 11, 11], outputs: 16, kernel: [3, 3], padding: [2, 0]),
        Sizes(input: [16, 32, 14, 14], outputs: 48, kernel: [3, 3], padding: 1),
        Sizes(input: [2, 8, 14, 14], outputs: 24, kernel: [3, 3], padding: 1),
        Sizes(input: [3, 5, 12, 10], outputs: 7, kernel: [5, 3], stride: 2, padding: 1),
        Sizes(input: [3, 8, 9, 8], outputs: 12, kernel: [1, 1]),
        Sizes(input: [2, 12, 9, 8], outputs: 18, kernel: [3, 2], padding: [1, 0], groups: 6),
        Sizes(input: [2, 16, 9, 8], outputs: 16, kernel: [3, 3], padding: 1, groups: 16),
        Sizes(input: [2, 6, 60], outputs: 10, kernel: [5], padding: 2),
    ]

    @Test(arguments: sizes)
    func equalsProductsOfWindows(_ sizes: Sizes) {
        let exact = sizes.results(.complex128)
        for (result, wanted) in zip(sizes.results(.complex64), exact) {
            let difference = (result.to(.complex128) - wanted).abs().max().item(as: Double.self)
            let largest = wanted.abs().max().item(as: Double.self)
            #expect(difference <= 1e-5 * largest && largest > 0)
        }
    }

    @Test(arguments: sizes)
    func threadsChangeNothing(_ sizes: Sizes) {
        let one = withThreads(1) { sizes.results(.complex64) }
        let two = withThreads(2) { sizes.results(.complex64) }
        for (a, b) in zip(one, two) {
            #expect(a.viewAsReal().array(of: Float.self) == b.viewAsReal().array(of: Float.self))
        }
    }

    /// The weights' gradient conjugates its input in the kernel: that can be differentiated again.
    @Test func gradientsOfGradientsConjugateRightly() {
        let generator = RandomGenerator(seed: 3)
        func random(_ shape: Shape, _ dtype: DType) -> Tensor {
            Tensor.normal(shape, dtype: .complex128, using: generator).to(dtype)
        }
        var found: [[Tensor]] = []
        for dtype in [DType.complex64, .complex128] {
            generator.seed(3)
            let x = random([2, 16, 12, 12], dtype).requiringGradient()
            let w = random([16, 16, 3, 3], dtype).requiringGradient()
            let y = x.conv2d(w, padding: 1)
            let first = gradient(of: y.abs().square().sum(), at: [x, w], createGraph: true)
            let second = gradient(of: first[1].abs().square().sum() + first[0].real.sum(), at: [x, w])
            found.append(second)
        }
        for (single, double) in zip(found[0], found[1]) {
            let difference = (single.to(.complex128) - double).abs().max().item(as: Double.self)
            #expect(difference <= 1e-5 * double.abs().max().item(as: Double.self))
        }
    }
}
