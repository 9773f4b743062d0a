import Apus
import ApusKernels
import Testing
import _ApusTestSupport

/// The float32 engine against products of windows in float64, at sizes that reach each of its kernels.
@Suite struct ConvolutionEngineTests {
    struct Sizes: Sendable, CustomStringConvertible {
        var input: Shape
        var outputs: Int
        var kernel: [Int]
        var stride: Extents = 1
        var padding: Extents = 0
        var dilation: Extents = 1
        var groups: Int = 1
        var description: String { "\(input) to \(outputs), \(kernel) by \(groups)" }
    }

    /// Depthwise kernels of many weights; widths around the eight positions that are computed together; channels that
    /// fill no register; rows that divide into no group; more padding than the kernel reaches.
    static let depthwise: [Sizes] = [
        Sizes(input: [2, 16, 9, 8], outputs: 16, kernel: [7, 7], padding: 3, groups: 16),
        Sizes(input: [1, 37, 13, 19], outputs: 37, kernel: [5, 5], padding: 2, groups: 37),
        Sizes(input: [3, 20, 10, 5], outputs: 20, kernel: [4, 4], padding: 1, groups: 20),
        Sizes(input: [2, 17, 6, 4], outputs: 17, kernel: [5, 3], padding: [4, 1], groups: 17),
        Sizes(
            input: [1, 32, 21, 23], outputs: 32, kernel: [7, 5], stride: [2, 3], padding: [3, 2], groups: 32),
        Sizes(
            input: [2, 18, 20, 26], outputs: 18, kernel: [4, 6], padding: [5, 7], dilation: [2, 3], groups: 18
        ),
        Sizes(input: [9, 19, 11, 12], outputs: 19, kernel: [7, 7], stride: 2, padding: 3, groups: 19),
        Sizes(input: [2, 33, 5, 6], outputs: 33, kernel: [3, 3], padding: 1, groups: 33),
        Sizes(input: [2, 16, 5, 6], outputs: 16, kernel: [3, 3], padding: 4, groups: 16),
        Sizes(input: [2, 24, 40], outputs: 24, kernel: [17], padding: 8, groups: 24),
        Sizes(input: [18, 16, 7, 3], outputs: 16, kernel: [3, 7], padding: [1, 3], groups: 16),
        // A result that is written past the caches.
        Sizes(input: [2, 40, 230, 250], outputs: 40, kernel: [4, 4], padding: 2, groups: 40),
        // 3×3 kernels go over blocks of two rows and four columns.
        Sizes(input: [9, 48, 7, 11], outputs: 48, kernel: [3, 3], padding: [1, 0], groups: 48),
        Sizes(input: [3, 40, 12, 4], outputs: 40, kernel: [3, 3], padding: [0, 1], groups: 40),
        Sizes(input: [17, 16, 1, 9], outputs: 16, kernel: [3, 3], padding: 2, groups: 16),
        Sizes(input: [2, 64, 190, 181], outputs: 64, kernel: [3, 3], padding: 1, groups: 64),
    ]

    static let dense: [Sizes] = [
        Sizes(input: [16, 24, 14, 14], outputs: 32, kernel: [3, 3], padding: 1),
        Sizes(input: [9, 3, 33, 31], outputs: 24, kernel: [7, 7], stride: 2, padding: 3),
        Sizes(input: [4, 32, 16, 16], outputs: 48, kernel: [1, 1]),
        Sizes(input: [3, 8, 14, 13], outputs: 16, kernel: [3, 5], padding: [1, 2], dilation: [2, 1]),
        Sizes(input: [2, 12, 9, 8], outputs: 18, kernel: [3, 2], padding: [1, 0], groups: 6),
        Sizes(input: [2, 4, 6, 6], outputs: 6, kernel: [2, 2], padding: 3),
        Sizes(input: [4, 32, 16, 16], outputs: 64, kernel: [3, 3], stride: 2, padding: 1, groups: 4),
        Sizes(input: [2, 16, 200], outputs: 32, kernel: [5], padding: 2),
    ]

    /// Eight channels of the result, or of the input for its gradient: an odd number of rows, columns that fill no
    /// register, bands of rows that overlap, batches that divide into no group.
    static let narrow: [Sizes] = [
        Sizes(input: [3, 16, 14, 14], outputs: 8, kernel: [3, 3], padding: 1),
        Sizes(input: [70, 17, 9, 13], outputs: 8, kernel: [3, 5], padding: [0, 4]),
        Sizes(input: [2, 48, 61, 30], outputs: 8, kernel: [3, 3], padding: 1),
        Sizes(input: [2, 20, 21, 27], outputs: 8, kernel: [2, 3], padding: [1, 2], dilation: [3, 2]),
        Sizes(input: [5, 8, 12, 29], outputs: 24, kernel: [3, 3], padding: 1),
        Sizes(input: [1, 8, 40, 16], outputs: 16, kernel: [5, 5], padding: 2),
    ]

    /// Winograd's filtering, tile by tile or output by output: tiles that hang over the edges, uneven paddings, outputs that
    /// fill half a panel, sums in one part and in several, and many channels.
    static let filtered: [Sizes] = [
        Sizes(input: [2, 32, 13, 15], outputs: 48, kernel: [3, 3], padding: 1),
        Sizes(input: [3, 48, 16, 9], outputs: 32, kernel: [3, 3], padding: [0, 2]),
        Sizes(input: [4, 32, 11, 11], outputs: 32, kernel: [3, 3], padding: [2, 0]),
        Sizes(input: [16, 64, 14, 14], outputs: 80, kernel: [3, 3], padding: 1),
        Sizes(input: [2, 112, 28, 28], outputs: 160, kernel: [3, 3], padding: 1),
        Sizes(input: [10, 32, 14, 14], outputs: 176, kernel: [3, 3], padding: 1),
        Sizes(input: [2, 512, 14, 14], outputs: 64, kernel: [3, 3], padding: 1),
        Sizes(input: [3, 32, 17, 19], outputs: 48, kernel: [3, 3], padding: [2, 4], dilation: [2, 3]),
        Sizes(input: [4, 48, 16, 30], outputs: 32, kernel: [3, 3], padding: 4, dilation: 4),
        Sizes(input: [6, 32, 5, 40], outputs: 64, kernel: [3, 3], padding: [7, 1], dilation: [7, 1]),
        Sizes(input: [3, 32, 15, 14], outputs: 48, kernel: [2, 2], padding: 1),
        Sizes(input: [2, 48, 16, 17], outputs: 32, kernel: [4, 4], padding: [2, 5]),
        Sizes(input: [3, 32, 17, 12], outputs: 32, kernel: [5, 5], padding: [2, 4], dilation: [1, 2]),
    ]

    /// The same with strides, where a tile reads or writes several kinds of positions, and with planes.
    static let filteredKinds: [Sizes] = [
        Sizes(input: [3, 32, 28, 27], outputs: 16, kernel: [4, 4], stride: 2, padding: 1),
        Sizes(input: [2, 16, 31, 44], outputs: 48, kernel: [4, 4], stride: 2, padding: [0, 3]),
        Sizes(input: [4, 64, 20, 22], outputs: 80, kernel: [4, 4], stride: 2, padding: 1),
        Sizes(input: [2, 32, 29, 34], outputs: 32, kernel: [5, 5], stride: 2, padding: [2, 6]),
        Sizes(input: [2, 16, 37, 30], outputs: 32, kernel: [7, 7], stride: 2, padding: 3),
        Sizes(input: [1, 16, 61, 64], outputs: 32, kernel: [9, 9], stride: 3, padding: [4, 1]),
        Sizes(input: [2, 3, 47, 65], outputs: 32, kernel: [7, 7], stride: 2, padding: 3),
        Sizes(input: [3, 1, 64, 48], outputs: 48, kernel: [8, 8], stride: 2, padding: [1, 4]),
        Sizes(input: [3, 4, 40, 43], outputs: 32, kernel: [7, 7], stride: 2),
        // Four kinds of positions, but not those of a picture.
        Sizes(input: [2, 3, 7, 20, 24], outputs: 32, kernel: [4, 3, 3], padding: 1),
        Sizes(
            input: [2, 3, 3, 30, 34], outputs: 32, kernel: [1, 7, 7], stride: [1, 2, 2], padding: [0, 3, 3]),
        Sizes(input: [2, 32, 5, 14, 13], outputs: 48, kernel: [3, 3, 3], padding: 1),
        Sizes(
            input: [1, 16, 6, 20, 19], outputs: 64, kernel: [2, 4, 4], stride: [1, 2, 2], padding: [1, 1, 2]),
        Sizes(
            input: [2, 32, 7, 12, 15], outputs: 32, kernel: [3, 3, 3], padding: [2, 2, 1],
            dilation: [2, 2, 1]),
    ]

    /// Strides that leave positions without a window or a weight, runs that hang over both ends of a row, groups of few
    /// channels, channels that fill no panel, more weights than a cache holds, three axes.
    static let products: [Sizes] = [
        Sizes(input: [3, 5, 17, 19], outputs: 7, kernel: [2, 3], stride: [3, 4], padding: [1, 2]),
        Sizes(input: [2, 24, 11, 3], outputs: 40, kernel: [3, 5], stride: [1, 2], padding: [1, 4]),
        Sizes(
            input: [2, 10, 13, 9], outputs: 30, kernel: [3, 3], stride: 2, padding: 1, dilation: [2, 3],
            groups: 5),
        Sizes(input: [2, 64, 9, 9], outputs: 104, kernel: [3, 3], stride: 2, padding: 1),
        Sizes(input: [1, 200, 7, 7], outputs: 300, kernel: [3, 3], stride: 2, padding: 1),
        Sizes(input: [2, 32, 15, 14], outputs: 32, kernel: [3, 3], padding: 1, groups: 8),
        Sizes(input: [2, 48, 12, 12], outputs: 16, kernel: [1, 1], stride: 3),
        Sizes(
            input: [2, 6, 7, 8, 9], outputs: 20, kernel: [3, 2, 3], stride: [1, 2, 1], padding: [1, 0, 2]),
        Sizes(input: [3, 70, 65], outputs: 66, kernel: [9], stride: 2, padding: 12, dilation: 2),
        Sizes(input: [1, 300, 40], outputs: 20, kernel: [3], padding: 1),
    ]

    /// A result that is written past the caches, from few channels.
    static let large = Sizes(input: [1, 3, 740, 742], outputs: 32, kernel: [6, 6], stride: 2, padding: 2)

    @Test(arguments: depthwise + dense + narrow + filtered + filteredKinds + products + [large])
    func equalsProductsOfWindows(_ sizes: Sizes) {
        let exact = sizes.results(.float64)
        for (result, wanted) in zip(sizes.results(.float32), exact) {
            let difference = (result.to(.float64) - wanted).abs().max().item(as: Double.self)
            let largest = wanted.abs().max().item(as: Double.self)
            #expect(difference <= 1e-5 * largest)
        }
    }

    @Test(arguments: ConvolutionEngine.allCases)
    func everyEngineEqualsProductsOfWindows(_ engine: ConvolutionEngine) {
        for sizes in Self.depthwise.dropLast() + Self.dense + Self.narrow + Self.filtered
            + Self.filteredKinds + Self.products
        {
            let results = ConvolutionEngine.$forced.withValue(engine) { sizes.results(.float32) }
            for (result, wanted) in zip(results, sizes.results(.float64)) {
                let difference = (result.to(.float64) - wanted).abs().max().item(as: Double.self)
                let largest = wanted.abs().max().item(as: Double.self)
                #expect(difference <= 1e-5 * largest, "\(sizes)")
            }
        }
    }

    /// No sum is split between threads.
    @Test(arguments: ConvolutionEngine.allCases)
    func threadsChangeNothing(_ engine: ConvolutionEngine) {
        for sizes in Self.depthwise + Self.dense + Self.narrow + Self.filtered
            + Self.filteredKinds + Self.products
        {
            ConvolutionEngine.$forced.withValue(engine) {
                let one = withThreads(1) { sizes.results(.float32) }
                let two = withThreads(2) { sizes.results(.float32) }
                for (a, b) in zip(one, two) {
                    #expect(a.array(of: Float.self) == b.array(of: Float.self), "\(sizes)")
                }
            }
        }
    }

    @Test(arguments: ConvolutionEngine.allCases)
    func notANumberPassesTheFusedReLUOfEveryEngine(_ engine: ConvolutionEngine) {
        ConvolutionEngine.$forced.withValue(engine) {
            for (inputs, outputs, extent, stride) in [
                (3, 8, 3, 1), (16, 8, 3, 1), (32, 33, 3, 2), (64, 64, 3, 1), (32, 32, 4, 2), (3, 32, 7, 2),
            ] {
                let weight = Tensor.ones([outputs, inputs, extent, extent])
                func result(_ value: Float) -> [Float] {
                    Tensor.full([2, inputs, 30, 30], value).conv2d(
                        weight, stride: Extents([stride, stride]), padding: 1, activation: .relu
                    ).array(of: Float.self)
                }
                #expect(result(.nan).allSatisfy { $0.isNaN })
                #expect(result(-1).allSatisfy { $0 == 0 })
            }
        }
    }

    @Test(arguments: [3, 5])
    func notANumberPassesTheFusedReLUOfADepthwiseConvolution(_ extent: Int) {
        let x = Tensor.full([1, 16, 8, 8], Float.nan)
        let weight = Tensor.ones([16, 1, extent, extent])
        let padding = Extents(extent / 2)
        let y = x.conv2d(weight, padding: .symmetric(padding), groups: 16, activation: .relu)
        #expect(y.array(of: Float.self).allSatisfy { $0.isNaN })
        let negative = Tensor.full([1, 16, 8, 8], Float(-1)).conv2d(
            weight, padding: .symmetric(padding), groups: 16, activation: .relu)
        #expect(negative.array(of: Float.self).allSatisfy { $0 == 0 })
    }

    /// Of a narrow convolution, and of Winograd's filtering by tiles and by outputs.
    @Test(arguments: [[8, 16], [32, 32], [64, 32]])
    func notANumberPassesTheFusedReLU(_ channels: [Int]) {
        let (weight, input) = (Tensor.ones(channels + [3, 3]), [3, channels[1], 14, 14])
        let y = Tensor.full(input, Float.nan).conv2d(weight, padding: 1, activation: .relu)
        #expect(y.array(of: Float.self).allSatisfy { $0.isNaN })
        let negative = Tensor.full(input, Float(-1)).conv2d(weight, padding: 1, activation: .relu)
        #expect(negative.array(of: Float.self).allSatisfy { $0 == 0 })
    }
}

extension ConvolutionEngineTests.Sizes {
    /// The convolution, and the gradients of its input, weight and bias.
    func results(_ dtype: DType) -> [Tensor] {
        let generator = RandomGenerator(seed: 7)
        func random(_ shape: Shape) -> Tensor {
            dtype.isComplex
                ? Tensor.normal(shape, dtype: .complex64, using: generator).to(dtype)
                : Tensor.uniform(shape, low: -1, high: 1, using: generator).to(dtype)
        }
        let x = random(input).requiringGradient()
        let weight = random([outputs, input[1] / groups] + kernel).requiringGradient()
        let bias = random([outputs]).requiringGradient()
        let y = convolution(x, weight, bias)
        y.backward(random(y.shape))
        return [y.detach(), x.grad!, weight.grad!, bias.grad!]
    }

    func convolution(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
        switch kernel.count {
        case 1:
            x.conv1d(
                weight, bias: bias, stride: stride, padding: .symmetric(padding), dilation: dilation,
                groups: groups)
        case 2:
            x.conv2d(
                weight, bias: bias, stride: stride, padding: .symmetric(padding), dilation: dilation,
                groups: groups)
        default:
            x.conv3d(
                weight, bias: bias, stride: stride, padding: .symmetric(padding), dilation: dilation,
                groups: groups)
        }
    }
}
