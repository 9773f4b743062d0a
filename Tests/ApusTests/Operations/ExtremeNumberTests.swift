import Apus
import Testing
import _ApusTestSupport

/// Numbers at the ends of `Int`, wherever a caller may pass one: what NumPy gives, or a message with the operation's name.
@Suite struct ExtremeNumberTests {
    private static func x(_ shape: Shape = [3, 4]) -> Tensor { .ones(shape) }
    private static func image(_ axes: Int) -> Tensor { .ones([1, 2] + [Int](repeating: 6, count: axes)) }
    private static func kernel(_ axes: Int) -> Tensor { .ones([2, 2] + [Int](repeating: 3, count: axes)) }
    private static var spectrum: Tensor { Tensor.ones([3, 5], dtype: .complex64) }
    private static let random = RandomGenerator(seed: 1)

    private static let shapes: [CallWithNumber] = [
        .init("broadcast") { _ = x([1]).broadcast(to: [$0]) },
        .init("broadcast") { _ = x([1]).broadcast(to: [$0, $0]) },
        .init("cat") { _ = Tensor.cat([x(), x()], axis: $0) },
        .init("cat") { n in
            // Two views that are too long together.
            let long = x([1]).broadcast(to: [Swift.max(n, 1)])
            if n > 1 << 44 { _ = Tensor.cat([long, long]) }
        },
        .init("stack") { n in if n < 3 { _ = Tensor.stack([x(), x()], axis: Swift.max(n, -3)) } },
        .init("unsqueeze") { _ = Tensor.stack([x(), x()], axis: $0) },
        .init("chunk") { _ = x().chunk($0, axis: 1) }, .init("chunk") { _ = x().chunk(2, axis: $0) },
        .init("chunk") { n in if n > 1 << 40 { _ = x([0]).chunk(n) } },
        .init("diagonal") { _ = x().diagonal($0) }, .init("diagonal") { _ = x().diagonal(axes: (0, $0)) },
        .init("diagonalEmbed") { _ = x().diagonalEmbed($0) },
        .init("flatten") { _ = x().flatten(from: $0) }, .init("flatten") { _ = x().flatten(to: $0) },
        .init("unflatten") { _ = x().unflatten(axis: 1, into: [$0, 2]) },
        .init("unflatten") { _ = x().unflatten(axis: 1, into: [$0, -1]) },
        .init("unflatten") { _ = x().unflatten(axis: $0, into: [3]) },
        .init("flip") { _ = x().flip(axis: $0) }, .init("moveAxis") { _ = x().moveAxis(from: 0, to: $0) },
        .init("narrow") { _ = x().narrow(axis: 0, start: $0, count: 1) },
        .init("narrow") { _ = x().narrow(axis: 0, start: 1, count: $0) },
        .init("narrow") { _ = x().narrow(axis: 0, start: $0, count: $0) },
        .init("oneHot") { _ = Tensor([0], shape: [1]).oneHot(classes: $0) },
        .init("oneHot") { _ = Tensor([$0], shape: [1]).oneHot(classes: 3) },
        .init("pad") { _ = x().pad([($0, 0)]) }, .init("pad") { _ = x().pad([(0, $0)]) },
        .init("pad") { _ = x().pad([($0, $0)]) }, .init("pad") { _ = x().pad([(1, $0)]) },
        .init("pad") { _ = x().pad([($0, 0 &- $0)], mode: .circular) },
        .init("pad") { _ = x().pad([($0, 1)], mode: .reflect) },
        .init("pad") { _ = x().pad([(-1, $0)], mode: .replicate) },
        .init("permute") { _ = x().permute(0, $0) },
        .init("repeatInterleave") { _ = x().repeatInterleave($0, axis: 0) },
        .init("repeatInterleave") { _ = x([2]).repeatInterleave([$0, $0], axis: 0) },
        .init("repeatInterleave") { _ = x([2]).repeatInterleave([1, $0], axis: 0) },
        .init("reshape") { _ = x().reshape($0, 2) }, .init("reshape") { _ = x().reshape($0, -1) },
        .init("reshape") { _ = x([0, 4]).reshape($0, $0) }, .init("reshape") { _ = x().reshape($0, $0) },
        .init("roll") { _ = x().roll($0, axis: 1) }, .init("roll") { _ = x().roll(1, axis: $0) },
        .init("split") { _ = x().split(size: $0, axis: 1) },
        .init("split") { _ = x().split(sizes: [$0, 1], axis: 1) },
        .init("split") { _ = x().split(sizes: [$0, $0, 4], axis: 1) },
        .init("squeeze") { _ = x([1, 1]).squeeze(axis: $0) },
        .init("tile") { _ = x().tile([$0]) }, .init("tile") { _ = x().tile([$0, 2, $0]) },
        .init("transpose") { _ = x().transpose(0, $0) },
        .init("tril") { _ = x().tril($0) }, .init("triu") { _ = x().triu($0) },
        .init("unfold") { _ = x().unfold(axis: 1, size: 2, step: $0) },
        .init("unfold") { _ = x().unfold(axis: 1, size: $0) },
        .init("unfold") { n in
            let x = x().requiringGradient()
            _ = gradient(of: x.unfold(axis: 1, size: 2, step: n).sum(), at: x)
        },
        .init("unsqueeze") { _ = x().unsqueeze($0) },
        .init("subscript") { _ = x()[$0] as Tensor }, .init("subscript") { _ = x()[.all, $0] as Tensor },
        .init("subscript") { _ = x()[$0...] as Tensor }, .init("subscript") { _ = x()[..<$0] as Tensor },
        .init("subscript") { _ = x()[...$0] as Tensor },
        .init("subscript") { n in _ = x()[Swift.min(n, 0)...Swift.max(n, 0)] as Tensor },
        .init("subscript") { n in _ = x()[Swift.min(n, 0)..<Swift.max(n, 0)] as Tensor },
        .init("subscript") { _ = x()[.all, (0...).by($0)] as Tensor },
        .init("subscript") { _ = x()[(0..<2).by($0)] as Tensor },
        .init("subscript") { _ = x()[[0, $0]] as Tensor },
        .init("subscript") { n in
            var x = x()
            x[n...] = Tensor(1.0)
        },
        .init("gather") { _ = x().gather(axis: 1, index: Tensor([$0], shape: [1, 1])) },
        .init("gather") { _ = x().gather(axis: $0, index: Tensor([0], shape: [1, 1])) },
        .init("indexSelect") { _ = x().indexSelect(axis: 0, index: Tensor([$0], shape: [1])) },
        .init("indexAdd") { _ = x().indexAdd(axis: 0, index: Tensor([$0], shape: [1]), source: x([1, 4])) },
        .init("take") { _ = x().take(Tensor([$0], shape: [1])) },
        .init("put") { _ = x().put(Tensor([$0], shape: [1]), source: x([1])) },
        .init("scatter") {
            _ = x().scatter(axis: 0, index: Tensor([$0], shape: [1, 1]), source: x([1, 1]))
        },
        .init("scatterAdd") {
            _ = x().scatterAdd(axis: 0, index: Tensor([$0], shape: [1, 1]), source: x([1, 1]))
        },
        .init("channelShuffle") { _ = image(2).channelShuffle(groups: $0) },
        .init("pixelShuffle") { _ = image(2).pixelShuffle($0) },
        .init("pixelShuffle") { _ = Tensor.ones([0, 2, 2]).pixelShuffle($0) },
        .init("pixelUnshuffle") { _ = image(2).pixelUnshuffle($0) },
        .init("pixelUnshuffle") { _ = Tensor.ones([9, 0, 0]).pixelUnshuffle($0) },
        .init("localResponseNorm") { _ = image(1).localResponseNorm(size: $0) },
    ]

    private static let creation: [CallWithNumber] = [
        .init("zeros") { _ = Tensor.zeros([$0]) }, .init("ones") { _ = Tensor.ones([2, $0]) },
        .init("zeros") { _ = Tensor.zeros([$0, $0]) }, .init("full") { _ = Tensor.full([$0], 1) },
        .init("eye") { _ = Tensor.eye(2, $0) }, .init("eye") { _ = Tensor.eye($0) },
        .init("arange") { _ = Tensor.arange($0) }, .init("arange") { _ = Tensor.arange(0, 10, step: $0) },
        .init("arange") { _ = Tensor.arange($0, 10, step: $0) },
        .init("arange") { _ = Tensor.arange($0, .max) },
        .init("arange") { _ = Tensor.arange($0, .min, step: -1) },
        .init("arange") { _ = Tensor.arange(.min, $0, step: .max) },
        .init("arange") { _ = Tensor.arange(Double($0), 10, step: Double($0)) },
        .init("linspace") { _ = Tensor.linspace(0, 1, count: $0) },
        .init("logspace") { _ = Tensor.logspace(0, 1, count: $0) },
        .init("Tensor") { _ = Tensor([1, 2], shape: [$0]) },
        .init("Tensor") { _ = Tensor([Int](), shape: [$0, 0, $0]) },
        .init("hannWindow") { _ = Tensor.hannWindow($0) },
        .init("hammingWindow") { _ = Tensor.hammingWindow($0) },
        .init("blackmanWindow") { _ = Tensor.blackmanWindow($0, periodic: false) },
        .init("fftFrequencies") { _ = Tensor.fftFrequencies($0) },
        .init("rfftFrequencies") { _ = Tensor.rfftFrequencies($0) },
        .init("uniform") { _ = Tensor.uniform([$0], using: random) },
        .init("normal") { _ = Tensor.normal([$0, 2], using: random) },
        .init("truncatedNormal") { _ = Tensor.truncatedNormal([$0], using: random) },
        .init("bernoulli") { _ = Tensor.bernoulli([$0], using: random) },
        .init("permutation") { _ = Tensor.permutation($0, using: random) },
        .init("randomIntegers") { _ = Tensor.randomIntegers([$0], high: 3, using: random) },
        .init("randomIntegers") { _ = Tensor.randomIntegers([4], low: $0, high: .max, using: random) },
        .init("randomIntegers") { _ = Tensor.randomIntegers([4], low: .min, high: $0, using: random) },
        .init("binCount") { _ = Tensor([1, 2], shape: [2]).binCount(minLength: $0) },
        .init("binCount") { _ = Tensor([$0], shape: [1]).binCount() },
        .init("histogram") { _ = x().histogram(bins: $0) },
    ]

    private static let numbers: [CallWithNumber] = [
        .init("add") { n in for dtype in DType.integers { _ = Tensor.ones([9], dtype: dtype) + n } },
        .init("multiply") { n in for dtype in DType.integers { _ = Tensor.ones([9], dtype: dtype) * n } },
        .init("subtract") { n in for dtype in DType.integers { _ = n - Tensor.ones([9], dtype: dtype) } },
        .init("floorDivide") { n in
            for dtype in DType.integers { _ = Tensor.ones([9], dtype: dtype).floorDivide(n) }
        },
        .init("remainder") { n in for dtype in DType.integers { _ = Tensor.ones([9], dtype: dtype) % n } },
        .init("fmod") { n in for dtype in DType.integers { _ = Tensor.ones([9], dtype: dtype).fmod(n) } },
        .init("power") { _ = Tensor.ones([9], dtype: .int64) ** $0 }, .init("power") { _ = x() ** $0 },
        .init("shiftLeft") { n in for dtype in DType.integers { _ = Tensor.ones([9], dtype: dtype) << n } },
        .init("shiftRight") { n in for dtype in DType.integers { _ = Tensor.ones([9], dtype: dtype) >> n } },
        .init("bitwiseAnd") { n in for dtype in DType.integers { _ = Tensor.ones([9], dtype: dtype) & n } },
        .init("less") { n in for dtype in DType.integers { _ = Tensor.ones([9], dtype: dtype) .< n } },
        .init("maximum") { n in for dtype in DType.integers { _ = Tensor.ones([9], dtype: dtype).maximum(n) }
        },
        .init("clamp") { n in
            for dtype in DType.integers { _ = Tensor.ones([9], dtype: dtype).clamp(min: Double(n)) }
        },
        .init("maskedFill") { n in
            for dtype in DType.integers { _ = Tensor.ones([9], dtype: dtype).maskedFill(Tensor([true]), n) }
        },
        .init("where") { n in
            for dtype in DType.integers {
                _ = Tensor.where(Tensor([true]), Tensor.ones([9], dtype: dtype), n)
            }
        },
        .init("integers") { n in
            let (a, b) = (Tensor([n, n], shape: [2]), Tensor([-1, 0, 1, n], shape: [4, 1]))
            _ = [
                a + b, a * b, a - b, a.floorDivide(b), a % b, a.fmod(b), a ** b, a << b, a >> b,
                b.floorDivide(a), b % a,
            ]
            _ = [
                a.abs(), -a, a.square(), a.sum(), a.prod(), a.cumulativeSum(axis: 0),
                a.cumulativeProduct(axis: 0),
            ]
            _ = [
                a.mean(), a.variance(), a.norm(), a.max(), a.sort().values, a.unique().values, a.median(),
                a.sign(),
            ]
            _ = [
                a.matmul(a), a.dot(a), a.outer(a), a.kron(a), a.countNonzero(), a.clamp(min: 0), a.to(.int32),
                a / b,
            ]
            _ = ["\(a)", "\(b)"]
        },
        .init("variance") { _ = x().variance(correction: Double($0)) },
        .init("standardDeviation") { _ = x().standardDeviation(axes: [0], correction: Double($0)) },
        .init("variance") { n in
            let x = x().requiringGradient()
            _ = gradient(of: x.variance(correction: Double(n)), at: x)
        },
        .init("topK") { _ = x().topK($0) }, .init("topK") { _ = x().topK(1, axis: $0) },
        .init("sum") { _ = x().sum(axis: $0) }, .init("mean") { _ = x().mean(axis: $0) },
        .init("prod") { _ = x().prod(axis: $0) }, .init("max") { _ = x().max(axis: $0) },
        .init("max") { _ = x().max(axes: [$0]) }, .init("argmin") { _ = x().argmin(axis: $0) },
        .init("any") { _ = x().any(axis: $0) }, .init("countNonzero") { _ = x().countNonzero(axis: $0) },
        .init("logSumExp") { _ = x().logSumExp(axis: $0) }, .init("variance") { _ = x().variance(axis: $0) },
        .init("median") { _ = x().median(axis: $0) },
        .init("cumulativeSum") { _ = x().cumulativeSum(axis: $0) },
        .init("cumulativeMax") { _ = x().cumulativeMax(axis: $0) },
        .init("softmax") { _ = x().softmax(axis: $0) }, .init("glu") { _ = x([2, 2]).glu(axis: $0) },
        .init("sort") { _ = x().sort(axis: $0) }, .init("layerNorm") { _ = x().layerNorm(lastAxes: $0) },
        .init("rmsNorm") { _ = x().rmsNorm(lastAxes: $0) },
        .init("complexLayerNorm") { _ = spectrum.complexLayerNorm(lastAxes: $0) },
        .init("groupNorm") { _ = image(1).groupNorm(groups: $0) },
        .init("complexGroupNorm") { _ = image(1).to(.complex64).complexGroupNorm(groups: $0) },
        .init("softmaxCrossEntropy") {
            _ = x().softmaxCrossEntropy(Tensor([0, 1, $0], shape: [3]), ignoreIndex: -5)
        },
        .init("softmaxCrossEntropy") {
            _ = x().softmaxCrossEntropy(Tensor([0, 1, 3], shape: [3]), ignoreIndex: $0)
        },
        .init("softmaxCrossEntropy") {
            _ = x().softmaxCrossEntropy(Tensor([0, 1, 3], shape: [3]), axis: $0)
        },
        .init("nllLoss") { _ = x().nllLoss(Tensor([0, 1, $0], shape: [3]), ignoreIndex: -5) },
        .init("nllLoss") { _ = x().nllLoss(Tensor([0, 1, 3], shape: [3]), axis: $0) },
        .init("nllLoss") { _ = x().nllLoss(Tensor([0, 1, 3], shape: [3]), ignoreIndex: $0) },
        .init("cosineSimilarity") { _ = x().cosineSimilarity(x(), axis: $0) },
        .init("multiMarginLoss") { _ = x().multiMarginLoss(Tensor([0, 1, $0], shape: [3])) },
        .init("multiMarginLoss") { _ = x().multiMarginLoss(Tensor([0, 1, 2], shape: [3]), p: $0) },
        .init("multiLabelMarginLoss") { _ = x([3]).multiLabelMarginLoss(Tensor([0, $0, 2], shape: [3])) },
        .init("ctcLoss") { _ = x().ctcLoss(Tensor([1, 2], shape: [2]), blank: $0) },
        .init("ctcLoss") { _ = x().ctcLoss(Tensor([1, $0], shape: [2])) },
        .init("ctcLoss") { _ = x().ctcLoss(Tensor([1, 2], shape: [2]), targetLengths: Tensor($0)) },
        .init("ctcLoss") { _ = x().ctcLoss(Tensor([1, 2], shape: [2]), inputLengths: Tensor($0)) },
        .init("ctcLoss") { n in
            let lengths = Tensor([n, n], shape: [2])
            _ = x([3, 2, 4]).ctcLoss(Tensor([1, 2], shape: [2]), targetLengths: lengths)
        },
    ]

    private static let windows: [CallWithNumber] = (1...3).flatMap { axes -> [CallWithNumber] in
        let (x, w) = ({ image(axes) } as @Sendable () -> Tensor, { kernel(axes) } as @Sendable () -> Tensor)
        let convolve: @Sendable (Extents, ConvolutionPadding, Extents, Int) -> Void = {
            stride, padding, dilation, groups in
            switch axes {
            case 1: _ = x().conv1d(w(), stride: stride, padding: padding, dilation: dilation, groups: groups)
            case 2: _ = x().conv2d(w(), stride: stride, padding: padding, dilation: dilation, groups: groups)
            default: _ = x().conv3d(w(), stride: stride, padding: padding, dilation: dilation, groups: groups)
            }
        }
        let back: @Sendable (Extents, Extents, Extents, Extents, Int) -> Void = {
            stride, padding, extra, dilation, groups in
            switch axes {
            case 1:
                _ = x().convTranspose1d(
                    w(), stride: stride, padding: padding, outputPadding: extra, dilation: dilation,
                    groups: groups)
            case 2:
                _ = x().convTranspose2d(
                    w(), stride: stride, padding: padding, outputPadding: extra, dilation: dilation,
                    groups: groups)
            default:
                _ = x().convTranspose3d(
                    w(), stride: stride, padding: padding, outputPadding: extra, dilation: dilation,
                    groups: groups)
            }
        }
        let pool: @Sendable (Extents, Extents?, Extents, Extents, Bool) -> Void = {
            size, stride, padding, dilation, ceil in
            switch axes {
            case 1:
                _ = x().maxPool1d(size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceil)
            case 2:
                _ = x().maxPool2d(size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceil)
            default:
                _ = x().maxPool3d(size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceil)
            }
        }
        let (conv, transposed, maxPool) = ("conv\(axes)d", "convTranspose\(axes)d", "maxPool\(axes)d")
        return [
            .init(conv) { convolve(Extents($0), 0, 1, 1) },
            .init(conv) { convolve(1, .symmetric(Extents($0)), 1, 1) },
            .init(conv) { n in
                convolve(1, .explicit([(n, n)] + [(Int, Int)](repeating: (0, 0), count: axes - 1)), 1, 1)
            },
            .init(conv) { convolve(1, 0, Extents($0), 1) }, .init(conv) { convolve(1, 0, 1, $0) },
            .init(conv) { convolve(Extents($0), .same, 1, 1) },
            .init(conv) { convolve(1, .same, Extents($0), 1) },
            .init(transposed) { back(Extents($0), 0, 0, 1, 1) },
            .init(transposed) { back(1, Extents($0), 0, 1, 1) },
            .init(transposed) { back(1, 0, Extents($0), 1, 1) },
            .init(transposed) { back(1, 0, 0, Extents($0), 1) },
            .init(transposed) { back(1, 0, 0, 1, $0) },
            .init(maxPool) { pool(Extents($0), nil, 0, 1, false) },
            .init(maxPool) { pool(2, Extents($0), 0, 1, true) },
            .init(maxPool) { pool(2, nil, Extents($0), 1, false) },
            .init(maxPool) { pool(2, nil, 0, Extents($0), true) },
        ]
    }

    private static let pooling: [CallWithNumber] = [
        .init("avgPool2d") { _ = image(2).avgPool2d(Extents($0)) },
        .init("avgPool2d") { _ = image(2).avgPool2d(2, stride: Extents($0), padding: 1, ceilMode: true) },
        .init("avgPool2d") { _ = image(2).avgPool2d(2, divisorOverride: $0) },
        .init("lpPool2d") { _ = image(2).lpPool2d(2, Extents($0)) },
        .init("adaptiveAvgPool2d") { _ = image(2).adaptiveAvgPool2d([1, $0]) },
        .init("adaptiveMaxPool1d") { _ = image(1).adaptiveMaxPool1d(AdaptiveExtents($0)) },
        .init("complexMaxPool2d") { _ = image(2).to(.complex64).complexMaxPool2d(Extents($0)) },
        .init("maxUnpool1d") {
            _ = image(1).maxUnpool1d(Tensor.zeros([1, 2, 6], dtype: .int64), 2, stride: Extents($0))
        },
        .init("maxUnpool1d") {
            _ = image(1).maxUnpool1d(Tensor.zeros([1, 2, 6], dtype: .int64), 2, outputSize: Extents($0))
        },
        .init("maxUnpool1d") { _ = image(1).maxUnpool1d(Tensor.full([1, 2, 6], $0, dtype: .int64), 2) },
        .init("unfoldImage") { _ = image(2).unfoldImage(Extents($0)) },
        .init("unfoldImage") { _ = image(2).unfoldImage(2, dilation: Extents($0)) },
        .init("unfoldImage") { _ = image(2).unfoldImage(2, padding: Extents($0)) },
        .init("unfoldImage") { _ = image(2).unfoldImage(2, stride: Extents($0)) },
        .init("foldImage") { _ = x([1, 4, 25]).foldImage(Extents($0), 2) },
        .init("foldImage") { _ = x([1, 4, 25]).foldImage(6, Extents($0)) },
        .init("interpolate") { _ = image(2).interpolate(size: Extents($0)) },
        .init("interpolate") { _ = image(2).interpolate(scale: Double($0)) },
        .init("resizeConv2d") { n in _ = image(2).resizeConv2d(kernel(2), padding: .symmetric(Extents(n))) },
    ]

    private static let fourier: [CallWithNumber] = [
        .init("fft") { _ = x().fft(n: $0) }, .init("fft") { _ = x().fft(axis: $0) },
        .init("ifft") { _ = x().ifft(n: $0) }, .init("rfft") { _ = x().rfft(n: $0) },
        .init("irfft") { _ = spectrum.irfft(n: $0) }, .init("hfft") { _ = spectrum.hfft(n: $0) },
        .init("ihfft") { _ = x().ihfft(n: $0) }, .init("fft2") { _ = x().fft2(s: [$0, $0]) },
        .init("fftn") { _ = x().fftn(s: [2, $0]) }, .init("rfftn") { _ = x().rfftn(s: [$0, 2]) },
        .init("irfftn") { _ = spectrum.irfftn(s: [$0, 2]) },
        .init("fftShift") { _ = x().fftShift(axes: [$0]) },
        .init("stft") { _ = x([64]).stft(nFFT: $0) },
        .init("stft") { _ = x([64]).stft(nFFT: 8, hopLength: $0) },
        .init("stft") { _ = x([64]).stft(nFFT: 8, winLength: $0) },
        .init("stft") { _ = x([64]).stft(nFFT: $0, padMode: .constant(0)) },
        .init("istft") { _ = spectrum.transpose().istft(nFFT: $0) },
        .init("istft") { _ = Tensor.ones([5, 4], dtype: .complex64).istft(nFFT: 8, hopLength: $0) },
        .init("istft") { _ = Tensor.ones([5, 4], dtype: .complex64).istft(nFFT: 8, length: $0) },
    ]

    @Test func callsEndOrAreRefusedByName() async {
        await #expect(processExitsWith: .success) {
            let calls =
                Self.shapes + Self.creation + Self.numbers + Self.windows + Self.pooling + Self.fourier
            for line in extremeNumbersThatGoWrong(calls) { Issue.record("\(line)") }
        }
    }

    @Test func extremesGiveWhatNumPyGives() {
        let x = Tensor.arange(12, dtype: .float32).reshape(3, 4)
        func same(_ a: Tensor, _ b: Tensor) -> Bool {
            a.shape == b.shape && (a .== b).all().item(as: Bool.self)
        }
        let none = Tensor.zeros([3, 4])
        #expect(same(x.tril(.max), x) && same(x.tril(.min), none) && same(x.tril(-3), none))
        #expect(same(x.triu(.min), x) && same(x.triu(.max), none) && same(x.triu(4), none))
        #expect(x.diagonal(.max).shape == [0] && x.diagonal(.min).shape == [0])
        #expect(x.chunk(.max, axis: 1).count == 4 && x.split(size: .max, axis: 1).count == 1)
        #expect(
            same(x[.all, (0...).by(.max)], x[.all, 0..<1]) && same(x[.all, (0...).by(.min)], x[.all, 3..<4]))
        #expect(same(x.roll(.min, axis: 1), x) && same(x.roll(.max, axis: 1), x.roll(3, axis: 1)))
        #expect(x.unfold(axis: 1, size: 2, step: .max).shape == [3, 1, 2])
        #expect(Tensor.arange(0, 10, step: .max).array(of: Int.self) == [0])
        #expect(Tensor.arange(.min, .max, step: .max).array(of: Int.self) == [.min, -1, .max - 1])
        #expect(Tensor.arange(.max, .min, step: .min).array(of: Int.self) == [.max, -1])
        #expect(Tensor.arange(0, 1, step: .infinity).array(of: Double.self) == [0])
        #expect(Tensor.arange(0, -1, step: .infinity).count == 0)
        #expect(
            Tensor.arange(-1.5e308, 1.5e308, step: 1e308, dtype: .float64).array(of: Double.self) == [
                -1.5e308, -0.5e308, 0.5e308,
            ])
        #expect(Tensor([Int.min, -3], shape: [2]).abs().array(of: Int.self) == [.min, 3])
        let ends = Tensor([Int.min, .max], shape: [2])
        #expect(ends.floorDivide(-1).array(of: Int.self) == [.min, -.max])
        #expect((ends % -1).array(of: Int.self) == [0, 0] && (ends % 0).array(of: Int.self) == [0, 0])
        #expect((ends + 1).array(of: Int.self) == [.min + 1, .min] && ends.sum().item(as: Int.self) == -1)
        #expect(
            Tensor([true, false]).repeatInterleave([2, 1], axis: 0).array(of: Bool.self) == [
                true, true, false,
            ])
        #expect(
            Tensor([3, 1, 3], shape: [3]).binCount(minLength: 6).array(of: Int.self) == [0, 1, 0, 2, 0, 0])
    }
}
