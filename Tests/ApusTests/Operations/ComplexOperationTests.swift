import Testing
import _ApusTestSupport

@testable import Apus

/// What samples against PyTorch cannot show of operations on complex images.
@Suite struct ComplexOperationTests {
    private static func numbers(_ shape: Shape, seed: UInt64 = 1, _ dtype: DType = .complex64) -> Tensor {
        let generator = RandomGenerator(seed: seed)
        return Tensor.complex(
            real: .normal(shape, dtype: .float64, using: generator),
            imaginary: .normal(shape, dtype: .float64, using: generator)
        ).to(dtype)
    }

    private static let linear: [(name: String, call: @Sendable (Tensor) -> Tensor)] = [
        ("average pool", { $0.avgPool2d(3, stride: 2, padding: 1) }),
        ("adaptive average", { $0.adaptiveAvgPool2d([2, 3]) }), ("global average", { $0.globalAvgPool() }),
        ("nearest", { $0.interpolate(scale: 2) }),
        ("bilinear", { $0.interpolate(size: [5, 11], mode: .bilinear) }),
        ("bicubic", { $0.interpolate(scales: [1.5, 0.7], mode: .bicubic) }),
        ("average pool without batch", { $0.reshape([-1, 9, 8]).avgPool2d(2) }),
        ("1-D", { $0.flatten(from: 2).avgPool1d(4) }),
        ("3-D", { $0.unsqueeze(2).interpolate(scale: 2, mode: .trilinear) }),
    ]

    /// What is linear with real weights treats the parts as two real images, forward and backward.
    @Test(arguments: linear.indices, [1, 3, 8, 19])
    func linearOperationsGoByParts(_ index: Int, _ channels: Int) {
        let (name, call) = ComplexOperationTests.linear[index]
        for dtype in [DType.complex64, .complex128] {
            let x = ComplexOperationTests.numbers([2, channels, 9, 8], dtype).requiringGradient()
            let (re, im) = (x.detach().real.requiringGradient(), x.detach().imaginary.requiringGradient())
            let y = call(x)
            let (a, b) = (call(re), call(im))
            #expect(y.dtype == dtype)
            #expect(
                difference(y, Tensor.complex(real: a, imaginary: b), relative: 1e-6, absolute: 1e-6) == nil,
                "\(name)")
            let upstream = ComplexOperationTests.numbers(y.shape, seed: 2, dtype)
            y.backward(upstream)
            a.backward(upstream.real)
            b.backward(upstream.imaginary)
            #expect(
                difference(
                    x.grad!, Tensor.complex(real: re.grad!, imaginary: im.grad!), relative: 1e-5,
                    absolute: 1e-6) == nil, "\(name)")
        }
    }

    @Test(arguments: linear.indices)
    func linearOperationsHaveTheirGradients(_ index: Int) throws {
        let (_, call) = ComplexOperationTests.linear[index]
        try checkGradients(at: [ComplexOperationTests.numbers([1, 2, 9, 8], .complex128)]) { call($0[0]) }
    }

    @Test func creluIsReLUOfTheRealView() {
        var x = ComplexOperationTests.numbers([3, 5, 7])
        x[0, 0, 0] = Tensor.complex(real: Tensor(Float.nan), imaginary: Tensor(Float(-0.0)))
        x[0, 0, 1] = Tensor.complex(real: Tensor(-Float.infinity), imaginary: Tensor(Float.infinity))
        for x in [x, x.permute([0, 2, 1]), x.real.to(.complex64)] {
            let found = x.crelu().viewAsReal().array(of: Float.self).map(\.bitPattern)
            #expect(found == x.viewAsReal().relu().array(of: Float.self).map(\.bitPattern))
        }
    }

    /// Both parts and the scale of each element, by the largest modulus of a window.
    @Test(arguments: [1, 2, 7, 8, 16, 33], [DType.complex64, .complex128])
    func maxPoolKeepsTheNumberOfLargestModulus(_ channels: Int, _ dtype: DType) {
        let x = ComplexOperationTests.numbers([2, channels, 9, 7], dtype).requiringGradient()
        let (values, indices) = x.complexMaxPool2dWithIndices(3, stride: 2, padding: 1)
        let wantedIndices = x.detach().abs().maxPool2dWithIndices(3, stride: 2, padding: 1).indices
        #expect(indices.array(of: Int.self) == wantedIndices.array(of: Int.self))
        let picked = x.detach().flatten(from: 2).gather(axis: 2, index: wantedIndices.flatten(from: 2))
        #expect(difference(values.flatten(from: 2), picked, relative: 0, absolute: 0) == nil)
        let upstream = ComplexOperationTests.numbers(values.shape, seed: 5, dtype)
        values.backward(upstream)
        let wanted = Tensor.zeros([2, channels, 63], dtype: dtype)
            .scatterAdd(axis: 2, index: wantedIndices.flatten(from: 2), source: upstream.flatten(from: 2))
        #expect(difference(x.grad!.flatten(from: 2), wanted, relative: 1e-6, absolute: 1e-6) == nil)
    }

    @Test func maxPoolTakesTheFirstOfEqualModuliAndNaN() {
        let x = Tensor.complex(
            real: Tensor([Float(3), 0, 0, .nan, 5, 1, -1, 1], shape: [1, 8]),
            imaginary: Tensor([Float(0), 3, 1, 0, 0, 0, 0, 2], shape: [1, 8]))
        let (values, indices) = x.complexMaxPool1dWithIndices(2)
        #expect(indices.array(of: Int.self) == [0, 3, 4, 7])
        let found = values.viewAsReal().array(of: Float.self)
        #expect(found[0] == 3 && found[1] == 0 && found[2].isNaN && found[4] == 5 && found[7] == 2)
        // Dilation that leaves a window wholly in the padding.
        let empty = x.narrow(axis: 1, start: 0, count: 1).complexMaxPool1dWithIndices(
            2, stride: 1, padding: 1, dilation: 2)
        #expect(empty.indices.array(of: Int.self) == [-1])
        #expect(empty.values.abs().array(of: Float.self) == [0])
    }

    @Test func gradientsAtZeroAreDefined() {
        let zeros = Tensor.zeros([1, 2, 3], dtype: .complex64)
        let calls: [(String, (Tensor) -> Tensor)] = [
            ("abs", { $0.abs() }), ("angle", { $0.angle() }), ("crelu", { $0.crelu() }),
            ("zrelu", { $0.zrelu() }), ("cardioid", { $0.cardioid() }),
            ("modReLU", { $0.modReLU(bias: Tensor([Float(0.5), -0.5], shape: [2])) }),
            ("maxPool", { $0.complexMaxPool1d(3) }),
        ]
        for (name, call) in calls {
            let leaf = zeros.requiringGradient()
            let y = call(leaf)
            y.backward(Tensor.ones(y.shape, dtype: y.dtype))
            #expect(leaf.grad!.viewAsReal().array(of: Float.self).allSatisfy { $0.isFinite }, "\(name)")
            #expect(y.abs().max().item(as: Float.self) == 0, "\(name)")
        }
        let leaf = zeros.requiringGradient()
        leaf.abs().sum().backward()
        #expect(leaf.grad!.abs().max().item(as: Float.self) == 0)
        leaf.grad = nil
        leaf.modReLU(bias: Tensor([Float(0.5)], shape: [1])).real.sum().backward()
        #expect(leaf.grad!.abs().max().item(as: Float.self) == 0)
    }

    /// modReLU moves the modulus and keeps the angle.
    @Test func modReLUMovesTheModulus() {
        let x = ComplexOperationTests.numbers([40, 3, 5], .complex128)
        let bias = Tensor([0.4, 0, -0.6], shape: [3], dtype: .float64)
        let y = x.modReLU(bias: bias)
        let moved = (x.abs() + bias.reshape([3, 1])).relu()
        #expect(difference(y.abs(), moved, relative: 1e-12, absolute: 1e-12) == nil)
        let isKept = moved .> 0
        #expect(
            difference(
                y.angle().maskedSelect(isKept), x.angle().maskedSelect(isKept), relative: 1e-9,
                absolute: 1e-12) == nil)
    }

    /// One mask for both parts, scaled by 1/(1 − p) once.
    @Test(arguments: [DType.complex64, .complex128])
    func dropoutHasOneMaskForBothParts(_ dtype: DType) {
        let x =
            Tensor.full([40, 30, 4], 1.0, dtype: dtype)
            * Tensor.complex(real: Tensor(3.0), imaginary: Tensor(-5.0)).to(dtype)
        for (name, y) in [
            ("dropout", x.dropout(0.25, using: RandomGenerator(seed: 1))),
            ("channelDropout", x.channelDropout(0.25, using: RandomGenerator(seed: 1))),
        ] {
            let (re, im) = (y.real.array(of: Double.self), y.imaginary.array(of: Double.self))
            #expect(
                zip(re, im).allSatisfy {
                    ($0 == 0 && $1 == 0) || (abs($0 - 4) < 1e-6 && abs($1 + 20.0 / 3) < 1e-5)
                },
                "\(name)")
            let kept = Double(re.count { $0 != 0 }) / Double(re.count)
            #expect(abs(kept - 0.75) < 0.04, "\(name) keeps \(kept)")
        }
        let channels = x.channelDropout(0.5, using: RandomGenerator(seed: 2)).real.array(of: Double.self)
        for channel in 0..<1200 {
            #expect(Set(channels[(4 * channel)..<(4 * channel + 4)]).count == 1)
        }
    }

    @Test func polarInterpolationKeepsModuliAndAngles() {
        let x = Tensor.polar(
            abs: Tensor([1.0, 3], shape: [1, 1, 2]), angle: Tensor([0.5, 1.5], shape: [1, 1, 2]))
        let y = x.interpolatePolar(size: 3, mode: .linear, alignCorners: true)
        #expect(
            difference(y.abs(), Tensor([1.0, 2, 3], shape: [1, 1, 3]), relative: 1e-6, absolute: 0) == nil)
        #expect(
            difference(y.angle(), Tensor([0.5, 1, 1.5], shape: [1, 1, 3]), relative: 1e-6, absolute: 0) == nil
        )
    }

    /// Real operands beside complex ones: the result is complex, and a real operand's gradient real.
    @Test func realOperandsHaveRealGradients() throws {
        let real = Tensor([0.5, -1.5, 2], shape: [3], dtype: .float64)
        let complex = ComplexOperationTests.numbers([2, 3], .complex128)
        let calls: [(Tensor, Tensor) -> Tensor] = [
            { $0 * $1 }, { $0 + $1 }, { $1 - $0 }, { $1 / $0 }, { $0 / $1 },
            { $1.matmul($0.reshape([3, 1])) },
        ]
        for call in calls {
            #expect(call(real, complex).dtype == .complex128)
            try checkGradients(at: [real, complex]) { call($0[0], $0[1]) }
        }
        let leaf = real.requiringGradient()
        (leaf * complex).abs().sum().backward()
        #expect(leaf.grad!.dtype == .float64)
    }
}
