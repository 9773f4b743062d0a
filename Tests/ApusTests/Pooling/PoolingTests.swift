import Testing
import _ApusTestSupport

@testable import Apus

/// What samples against PyTorch cannot show of pooling and interpolation.
@Suite struct PoolingTests {
    private static func numbers(_ shape: Shape, _ seed: UInt64 = 1, _ dtype: DType = .float32) -> Tensor {
        Tensor.normal(shape, using: RandomGenerator(seed: seed)).to(dtype)
    }

    @Test func integersHaveMaxima() {
        for dtype in [DType.uint8, .int32, .int64] {
            let x = Tensor((0..<16).map { ($0 * 7) % 16 }, shape: [1, 1, 4, 4]).to(dtype)
            let (values, indices) = x.maxPool2dWithIndices(2)
            #expect(values.dtype == dtype && indices.dtype == .int64)
            #expect(values.to(.int64).array(of: Int.self) == [12, 14, 15, 13])
            #expect(indices.array(of: Int.self) == [4, 2, 9, 11])
        }
    }

    @Test func equalElementsGiveTheFirstAndNaNWins() {
        let x = Tensor([1.0, 3, 3, .nan, 5, 5, -.infinity, -.infinity], shape: [1, 8])
        let (values, indices) = x.maxPool1dWithIndices(2)
        #expect(indices.array(of: Int.self) == [1, 3, 4, 6])
        let found = values.array(of: Double.self)
        #expect(found[0] == 3 && found[1].isNaN && found[2] == 5 && found[3] == -.infinity)
    }

    /// Vectors of channels overlap at the end of a run: every number of channels must give what one does.
    @Test(arguments: [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 100, 130])
    func channelsDoNotMatter(_ channels: Int) {
        let x = PoolingTests.numbers([2, channels, 9, 7]).requiringGradient()
        let calls: [(Tensor) -> Tensor] = [
            { $0.maxPool2d(3, stride: 2, padding: 1) },
            { $0.avgPool2d(3, stride: 2, padding: 1) },
            { $0.interpolate(size: [5, 11], mode: .bilinear) },
            { $0.adaptiveAvgPool2d([2, 3]) },
        ]
        for call in calls {
            x.grad = nil
            let y = call(x)
            (y * y).sum().backward()
            for channel in 0..<channels {
                let alone = x.detach().narrow(axis: 1, start: channel, count: 1).requiringGradient()
                let expected = call(alone)
                (expected * expected).sum().backward()
                #expect(
                    difference(
                        y.narrow(axis: 1, start: channel, count: 1), expected, relative: 1e-6, absolute: 1e-6)
                        == nil)
                #expect(
                    difference(
                        x.grad!.narrow(axis: 1, start: channel, count: 1), alone.grad!, relative: 1e-5,
                        absolute: 1e-6) == nil)
            }
        }
    }

    /// Threads share the channels of a single image.
    @Test(arguments: [64, 127, 130, 960])
    func theAverageOfAnImageIsThatOfEachChannel(_ channels: Int) {
        let x = PoolingTests.numbers([1, channels, 40, 33])
        let averages = [1, 2, 3].map { threads in withThreads(threads) { x.adaptiveAvgPool2d(1) } }
        let wanted = x.to(.float64).mean(axes: [2, 3], keepDims: true)
        #expect(difference(averages[0].to(.float64), wanted, relative: 1e-5, absolute: 1e-6) == nil)
        for other in averages.dropFirst() {
            #expect(other.array(of: Float.self) == averages[0].array(of: Float.self))
        }
    }

    @Test func threadsDoNotMatter() {
        func bits() -> [[UInt32]] {
            let x = PoolingTests.numbers([3, 40, 33, 35]).requiringGradient()
            return [
                { (x: Tensor) in x.maxPool2d(3, stride: 2, padding: 1) }, { x in x.avgPool2d(3, stride: 2) },
                { x in x.interpolate(scale: 2, mode: .bicubic) }, { x in x.globalAvgPool() },
            ].flatMap { (call: (Tensor) -> Tensor) -> [[UInt32]] in
                x.grad = nil
                let y = call(x)
                (y * y).sum().backward()
                return [y, x.grad!].map { $0.array(of: Float.self).map(\.bitPattern) }
            }
        }
        let expected = withThreads(1) { bits() }
        for count in [2, 3] { #expect(withThreads(count) { bits() } == expected) }
    }

    @Test func resultsKeepTheChannelsTogether() {
        let x = PoolingTests.numbers([2, 5, 8, 6])
        for y in [
            x.maxPool2d(2), x.avgPool2d(2), x.interpolate(scale: 2), x.adaptiveAvgPool2d(3),
            PoolingTests.numbers([2, 8, 3, 4]).pixelShuffle(2), x.pixelUnshuffle(2),
            PoolingTests.numbers([2, 6, 4, 3]).channelShuffle(groups: 2),
        ] {
            #expect(y.layout.isChannelsLast)
        }
    }

    @Test func emptyBatchesAndNoChannelsWork() {
        for shape in [[0, 3, 6, 6], [2, 0, 6, 6]] {
            let x = Tensor.zeros(shape).requiringGradient()
            for y in [
                x.maxPool2d(2), x.avgPool2d(2), x.adaptiveMaxPool2d(3), x.lpPool2d(2, 2),
                x.interpolate(size: 3, mode: .bilinear), x.unfoldImage(2),
            ] {
                #expect(y.shape[0] == shape[0] && y.count == 0)
                y.sum().backward()
            }
            #expect(x.grad!.shape == shape)
        }
    }

    /// PyTorch gives the same values, but an index beyond the end, through which its gradient writes.
    @Test func windowsWhollyInThePaddingHaveTheLowestValue() throws {
        let x = Tensor([3.0, 1, 2], shape: [1, 3])
        let (values, indices) = x.maxPool1dWithIndices(2, padding: 1, dilation: 4)
        #expect(values.array(of: Double.self) == [-.infinity] && indices.array(of: Int.self) == [-1])
        #expect(
            x.to(.int64).maxPool1d(2, padding: 1, dilation: 4).array(of: Int.self) == [Int(Int64.min)])
        for channels in [1, 8, 19] {
            let image = PoolingTests.numbers([2, channels, 3, 5], 2, .float64)
            let pool = { (x: Tensor) in x.maxPool2d(2, stride: 1, padding: 1, dilation: [4, 2]) }
            #expect(pool(image).array(of: Double.self).allSatisfy { $0 == -.infinity })
            let leaf = image.requiringGradient()
            pool(leaf).sum().backward()
            #expect(leaf.grad!.array(of: Double.self).allSatisfy { $0 == 0 })
            // Only the row of windows in the middle has no elements.
            let partly = leaf.maxPool2d([2, 1], stride: 1, padding: [2, 0], dilation: [4, 1])
            let (last, first) = (image[.all, .all, 2..<3], image[.all, .all, 0..<1])
            let none = Tensor.full([2, channels, 1, 5], -Double.infinity, dtype: .float64)
            #expect(
                partly.array(of: Double.self)
                    == Tensor.cat([last, none, first], axis: 2).array(of: Double.self))
            let weights = PoolingTests.numbers(partly.shape, 3, .float64).requiringGradient()
            let slope = gradient(of: (partly * weights).sum(), at: [leaf], createGraph: true)[0]
            let back = gradient(of: (slope * image).sum(), at: [weights])[0]
            #expect(
                back.array(of: Double.self)
                    == Tensor.cat([last, .zeros(like: none), first], axis: 2).array(of: Double.self))
        }
    }

    @Test func unpoolingUndoesPooling() {
        let x = PoolingTests.numbers([2, 3, 6, 8])
        let (values, indices) = x.maxPool2dWithIndices(2)
        let back = values.maxUnpool2d(indices, 2)
        #expect(back.shape == x.shape)
        let (again, indicesAgain) = back.abs().maxPool2dWithIndices(2)
        #expect(again.array(of: Float.self) == values.abs().array(of: Float.self))
        #expect(indicesAgain.array(of: Int.self) == indices.array(of: Int.self))
    }

    /// Maxima of a window of one sign, whose sum of squares is zero somewhere.
    @Test func lpPoolingOfZerosHasNoGradient() {
        let x = Tensor.zeros([1, 1, 4, 4]).requiringGradient()
        x.lpPool2d(2, 2).sum().backward()
        #expect(x.grad!.array(of: Float.self) == [Float](repeating: 0, count: 16))
    }

    @Test func foldingAddsUpWhatUnfoldingTook() {
        let x = Tensor.ones([1, 1, 4, 4])
        let counts = x.unfoldImage(3, padding: 1).foldImage(4, 3, padding: 1)
        #expect(
            counts.array(of: Float.self) == [4, 6, 6, 4, 6, 9, 9, 6, 6, 9, 9, 6, 4, 6, 6, 4])
    }

    @Test func shufflesAreInverse() {
        let x = PoolingTests.numbers([2, 12, 3, 5])
        #expect(x.pixelShuffle(2).pixelUnshuffle(2).array(of: Float.self) == x.array(of: Float.self))
    }

    @Test func misfitsAreNamed() async {
        func message(_ result: ExitTest.Result?) -> String {
            String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        }
        var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([1, 2, 3, 3]).maxPool2d(5)
        }
        #expect(
            message(result).contains("maxPool2d: windows of [5, 5]")
                && message(result).contains("[1, 2, 3, 3]"))
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([1, 2, 3, 3]).avgPool2d(2, padding: 2)
        }
        #expect(message(result).contains("avgPool2d: a padding of 2 is more than half a window of 2"))
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([3, 3]).maxPool2d(2)
        }
        #expect(message(result).contains("maxPool2d: shape [3, 3] is not [batch, channels, 2 spatial axes]"))
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([1, 2, 3, 3]).interpolate(size: 5, mode: .trilinear)
        }
        #expect(message(result).contains("interpolate: trilinear interpolation of shape [1, 2, 3, 3]"))
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([1, 2, 3, 3]).interpolate(scale: 1e12, mode: .bilinear)
        }
        #expect(
            message(result).contains("interpolate: a tensor of shape [1, 2, 3000000000000, 3000000000000]"))
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([1, 3, 4, 4]).pixelShuffle(2)
        }
        #expect(message(result).contains("pixelShuffle: shape [1, 3, 4, 4] by a factor of 2"))
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([1, 5, 9]).foldImage(4, 2)
        }
        #expect(message(result).contains("foldImage: shape [1, 5, 9] is not [N, C·4, 9]"))
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([1, 2, 3, 3]).maxPool2d([1, 2, 3])
        }
        #expect(message(result).contains("maxPool2d: a window size of [1, 2, 3] for 2 spatial axes"))
    }
}

/// Where there are few channels, interpolation gathers many positions at a time.
@Suite struct NarrowInterpolationTests {
    @Test(arguments: [1, 2, 3])
    func channelsDoNotDependOnTheirNumber(_ channels: Int) {
        let x = Tensor.normal([2, 16, 7, 9], using: RandomGenerator(seed: 3))
        for mode in [Interpolation.nearest, .bilinear, .bicubic] {
            func run(_ x: Tensor) -> [Tensor] {
                let leaf = x.requiringGradient()
                let y = leaf.interpolate(size: [15, 20], mode: mode)
                (y * y).sum().backward()
                return [y.detach(), leaf.grad!]
            }
            let wide = run(x)
            let narrow = run(x[.all, 0..<channels])
            for (a, b) in zip(narrow, wide) {
                let difference = (a - b[.all, 0..<channels]).abs().max().item(as: Float.self)
                #expect(difference <= 1e-5)
            }
        }
    }

    @Test func infinityStaysWhereItIs() {
        var x = Tensor.zeros([1, 1, 4, 40])
        x[0, 0, 1, 20] = Tensor(Float.infinity)
        let y = x.interpolate(scale: 2, mode: .bilinear).array(of: Float.self)
        #expect(y.filter(\.isInfinite).count == 16 && !y.contains { $0.isNaN })
    }
}
