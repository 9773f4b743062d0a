import ComplexModule
import Testing

@testable import Apus

/// What golden values on ordinary numbers do not show: NaN, infinity, integer limits, signs, ties.
@Suite struct ElementwiseValueTests {
    let nan = Double.nan
    let inf = Double.infinity

    @Test(arguments: [DType.float32, .float64, .bfloat16])
    func extremesPropagateNaN(_ dtype: DType) {
        let a = Tensor([nan, 1, 2, -inf], shape: [4], dtype: dtype)
        let b = Tensor([1, nan, inf, 3], shape: [4], dtype: dtype)
        let high = a.maximum(b).array(of: Double.self)
        let low = a.minimum(b).array(of: Double.self)
        #expect(high[0].isNaN && high[1].isNaN && low[0].isNaN && low[1].isNaN)
        #expect(high[2...] == [inf, 3])
        #expect(low[2...] == [2, -inf])
        #expect(a.clamp(min: 0, max: 1).array(of: Double.self)[0].isNaN)
        #expect(a.relu().array(of: Double.self)[0].isNaN)
    }

    @Test(arguments: [DType.float32, .float64, .bfloat16])
    func fmaxAndFminPassOverNaN(_ dtype: DType) {
        let a = Tensor([nan, 1, 2, -inf, nan], shape: [5], dtype: dtype).requiringGradient()
        let b = Tensor([1, nan, inf, 3, nan], shape: [5], dtype: dtype).requiringGradient()
        let high = a.fmax(b).array(of: Double.self)
        let low = a.fmin(b).array(of: Double.self)
        #expect(high[..<4] == [1, 1, inf, 3] && high[4].isNaN)
        #expect(low[..<4] == [1, 1, 2, -inf] && low[4].isNaN)
        a.fmax(b)[0..<4].sum().backward()
        #expect(a.grad!.array(of: Double.self) == [0, 1, 0, 0, 0])
        #expect(b.grad!.array(of: Double.self) == [1, 0, 1, 1, 0])
        let ties = Tensor([2.0, 3], shape: [2], dtype: dtype).requiringGradient()
        ties.fmin(Tensor([2.0, 5], shape: [2], dtype: dtype)).sum().backward()
        #expect(ties.grad!.array(of: Double.self) == [0.5, 1])
        #expect(Tensor([3, -1], shape: [2]).fmax(1).array(of: Int.self) == [3, 1])
    }

    @Test func tiesShareTheGradient() {
        let a = Tensor([1.0, 2, 3], shape: [3]).requiringGradient()
        let b = Tensor([1.0, 3, 2], shape: [3]).requiringGradient()
        a.maximum(b).sum().backward()
        #expect(a.grad!.array(of: Float.self) == [0.5, 0, 1])
        #expect(b.grad!.array(of: Float.self) == [0.5, 1, 0])
    }

    @Test func gradientsOnTheEdges() {
        let x = Tensor([-1.0, 0, 1], shape: [3]).requiringGradient()
        #expect(gradient(of: x.abs().sum(), at: x).array(of: Float.self) == [-1, 0, 1])
        #expect(gradient(of: x.relu().sum(), at: x).array(of: Float.self) == [0, 0, 1])
        #expect(gradient(of: x.clamp(min: -1, max: 1).sum(), at: x).array(of: Float.self) == [1, 1, 1])
        #expect(gradient(of: x.hardtanh().sum(), at: x).array(of: Float.self) == [0, 1, 0])
        #expect(gradient(of: (x ** 0).sum(), at: x).array(of: Float.self) == [0, 0, 0])
        let z = Tensor([Complex(0.0, 0)], shape: [1]).requiringGradient()
        let slope = gradient(of: z.abs().sum(), at: z)
        #expect(slope.array(of: Complex<Float>.self) == [0])
        #expect(!slope.isNaN().any().item(as: Bool.self))
    }

    /// No direction is steepest at the origin; nothing there is undefined, nor its own gradient.
    @Test(arguments: [DType.float32, .float64])
    func gradientsAtTheOrigin(_ dtype: DType) {
        let zero = Tensor([0.0, 0], shape: [2], dtype: dtype)
        let functions: [(String, (Tensor, Tensor) -> Tensor)] = [
            ("atan2", { $0.atan2($1) }), ("hypot", { $0.hypot($1) }),
            ("angle", { Tensor.complex(real: $0, imaginary: $1).angle() }),
            ("abs", { Tensor.complex(real: $0, imaginary: $1).abs() }),
            ("norm", { Tensor.stack([$0, $1]).norm() }),
            ("3-norm", { Tensor.stack([$0, $1]).norm(3, axis: 0) }),
            ("standard deviation", { Tensor.stack([$0, $1]).standardDeviation(axis: 0) }),
            ("complex standard deviation", { Tensor.complex(real: $0, imaginary: $1).standardDeviation() }),
        ]
        for (name, function) in functions {
            let (x, y) = (zero.requiringGradient(), zero.requiringGradient())
            let first = gradient(of: function(x, y).sum(), at: [x, y], createGraph: true)
            for part in first { #expect(part.array(of: Double.self) == [0, 0], "\(name)") }
            let sum = first[0].sum() + first[1].sum()
            if !sum.requiresGradient { continue }
            for part in gradient(of: sum, at: [x, y]) {
                #expect(!part.isNaN().any().item(as: Bool.self), "the gradient of the gradient of \(name)")
            }
        }
    }

    @Test func gradientsNearTheOriginAndInfinity() {
        func slopes(_ y: Float, _ x: Float) -> [Float] {
            let (y, x) = (Tensor(y).requiringGradient(), Tensor(x).requiringGradient())
            y.atan2(x).backward()
            return [y.grad!.item(as: Float.self), x.grad!.item(as: Float.self)]
        }
        func isClose(_ a: Float, _ b: Float) -> Bool { (a - b).magnitude <= 1e-6 * b.magnitude }
        let small = slopes(1e-25, 1e-25)
        #expect(isClose(small[0], 5e24) && isClose(small[1], -5e24))
        #expect(slopes(.infinity, .infinity) == [0, 0])
        for scale: Float in [1e-25, 1e20] {
            let z = Tensor([Complex<Float>(3 * scale, 4 * scale)], shape: [1]).requiringGradient()
            let slope = gradient(of: z.angle().sum(), at: z).array(of: Complex<Float>.self)[0]
            #expect(isClose(slope.real, -0.16 / scale) && isClose(slope.imaginary, 0.12 / scale))
        }
        for scale: Float in [1e30, 1e-30] {
            let x = Tensor([3 * scale, 4 * scale], shape: [2]).requiringGradient()
            #expect(isClose(x.norm().item(as: Float.self), 5 * scale))
            let slope = gradient(of: x.norm(), at: x).array(of: Float.self)
            #expect(isClose(slope[0], 0.6) && isClose(slope[1], 0.8))
        }
        let infinite = Tensor([.infinity, 1, .infinity] as [Float], shape: [3]).requiringGradient()
        #expect(gradient(of: infinite.logSumExp(), at: infinite).array(of: Float.self) == [0.5, 0, 0.5])
        let nothing = Tensor([-.infinity, -.infinity] as [Float], shape: [2]).requiringGradient()
        #expect(gradient(of: nothing.logSumExp(), at: nothing).array(of: Float.self) == [0, 0])
    }

    /// Activations at infinity have their limits.
    @Test(arguments: [DType.float32, .float64])
    func activationsAtInfinity(_ dtype: DType) {
        let limits: [(String, (Tensor) -> Tensor, [Double], [Double])] = [
            ("mish", { $0.mish() }, [0, inf], [0, 1]), ("silu", { $0.silu() }, [0, inf], [0, 1]),
            ("gelu", { $0.gelu() }, [0, inf], [0, 1]),
            ("gelu tanh", { $0.gelu(.tanh) }, [0, inf], [0, 1]),
            ("hardswish", { $0.hardswish() }, [0, inf], [0, 1]),
            ("softsign", { $0.softsign() }, [-1, 1], [0, 0]),
            ("tanhshrink", { $0.tanhshrink() }, [-inf, inf], [1, 1]),
            ("softplus", { $0.softplus() }, [0, inf], [0, 1]),
            ("logSigmoid", { $0.logSigmoid() }, [-inf, 0], [1, 0]),
            ("elu", { $0.elu() }, [-1, inf], [0, 1]), ("celu", { $0.celu() }, [-1, inf], [0, 1]),
            ("tanh", { $0.tanh() }, [-1, 1], [0, 0]), ("sigmoid", { $0.sigmoid() }, [0, 1], [0, 0]),
            ("asinh", { $0.asinh() }, [-inf, inf], [0, 0]),
            ("atan", { $0.atan() }, [-.pi / 2, .pi / 2], [0, 0]),
        ]
        for (name, function, values, slopes) in limits {
            for extreme in [inf, Double(dtype == .float32 ? 1e38 : 1e308)] {
                let x = Tensor([-extreme, extreme], shape: [2], dtype: dtype).requiringGradient()
                let y = function(x)
                let found = y.array(of: Double.self)
                for (a, b) in zip(found, values) {
                    #expect(
                        b.isInfinite && extreme.isFinite
                            ? a.magnitude > 80 : (a - b).magnitude < 1e-6 || a == b,
                        "\(name)(±\(extreme)) is \(found)")
                }
                y.sum().backward()
                let slope = x.grad!.array(of: Double.self)
                #expect(
                    zip(slope, slopes).allSatisfy { ($0 - $1).magnitude < 1e-6 },
                    "\(name)'(±\(extreme)) is \(slope)")
            }
        }
    }

    @Test func powerAtZero() {
        let base = Tensor([0.0, 0, 2], shape: [3]).requiringGradient()
        let exponent = Tensor([0.0, 2, 3], shape: [3]).requiringGradient()
        let result = base ** exponent
        #expect(result.array(of: Float.self) == [1, 0, 8])
        result.sum().backward()
        #expect(base.grad!.array(of: Float.self) == [0, 0, 12])
        let slope = exponent.grad!.array(of: Float.self)
        #expect(slope[0] == 0 && slope[1] == 0)
        #expect(abs(slope[2] - 5.545177) < 1e-5)
    }

    @Test func roundingGoesToEvenOnTies() {
        let x = Tensor([-1.5, -0.5, 0.5, 1.5, 2.5], shape: [5])
        #expect(x.round().array(of: Float.self) == [-2, 0, 0, 2, 2])
        #expect(x.floor().array(of: Float.self) == [-2, -1, 0, 1, 2])
        #expect(x.ceil().array(of: Float.self) == [-1, 0, 1, 2, 3])
        #expect(x.trunc().array(of: Float.self) == [-1, 0, 0, 1, 2])
    }

    @Test func integersWrapAround() {
        let small = Tensor([UInt8(250), 3], shape: [2])
        #expect((small + 10).array(of: UInt8.self) == [4, 13])
        #expect((small - 4).array(of: UInt8.self) == [246, 255])
        #expect((-small).array(of: UInt8.self) == [6, 253])
        let large = Tensor([Int64.max], shape: [1])
        #expect((large + 1).item(as: Int64.self) == .min)
        #expect((large * 2).item(as: Int64.self) == -2)
        #expect(Tensor([Int32.min], shape: [1]).abs().item(as: Int32.self) == .min)
        #expect(
            (Tensor([3, -1, 2], shape: [3]) ** Tensor([4, 3, -1], shape: [3])).array(of: Int.self) == [
                81, -1, 0,
            ])
    }

    @Test func remaindersAndQuotientsFollowPython() {
        let a = Tensor([7, -7, 7, -7, 5], shape: [5])
        let b = Tensor([3, 3, -3, -3, 0], shape: [5])
        #expect((a % b).array(of: Int.self) == [1, 2, -2, -1, 0])
        #expect(a.floorDivide(b).array(of: Int.self) == [2, -3, -3, 2, 0])
        #expect(a.fmod(b).array(of: Int.self) == [1, -1, 1, -1, 0])
        let x = a.to(.float64)
        #expect((x % 3).array(of: Double.self) == [1, 2, 1, 2, 2])
        #expect(x.floorDivide(-3).array(of: Double.self) == [-3, 2, -3, 2, -2])
        // 1 / 0.1 rounds to 10, but ten tenths do not fit in it.
        #expect(Tensor(1.0, dtype: .float64).floorDivide(0.1).item(as: Double.self) == 9)
        let lowest = Tensor([Int64.min], shape: [1])
        #expect(lowest.floorDivide(-1).item(as: Int64.self) == .min)
        #expect((lowest % -1).item(as: Int64.self) == 0)
    }

    @Test func shiftsPastTheWidth() {
        let x = Tensor([Int32(-8), 8], shape: [2])
        #expect((x << 40).array(of: Int32.self) == [0, 0])
        #expect((x >> 40).array(of: Int32.self) == [-1, 0])
        #expect((x >> 1).array(of: Int32.self) == [-4, 4])
        #expect((x & 12).array(of: Int32.self) == [8, 8])
        #expect((~x).array(of: Int32.self) == [7, -9])
    }

    @Test func closeness() {
        let a = Tensor([1, inf, inf, nan], shape: [4])
        let b = Tensor([1 + 1e-6, inf, -inf, nan], shape: [4])
        #expect(a.isClose(b).array(of: Bool.self) == [true, true, false, false])
        #expect(a.isClose(b, equalNaN: true).array(of: Bool.self) == [true, true, false, true])
        #expect(!a.allClose(b))
        #expect(Tensor([1, 2], shape: [2]).allClose(Tensor([1, 2], shape: [2])))
        #expect(!Tensor([UInt8(0)], shape: [1]).allClose(Tensor([UInt8(1)], shape: [1])))
    }

    @Test func whereDoesNotLetTheOtherBranchThrough() {
        // The gradient of the branch not taken is infinite; it must not reach x as NaN.
        let x = Tensor([0.0, 4], shape: [2]).requiringGradient()
        let y = Tensor.where(x .> 0, x, 1)
        #expect(gradient(of: y.sqrt().sum(), at: x).array(of: Float.self) == [0, 0.25])
        let masked = x.maskedFill(x .== 0, 9)
        #expect(masked.array(of: Float.self) == [9, 4])
        let value = Tensor(2.0).requiringGradient()
        x.maskedFill(Tensor([true, true], shape: [2]), value).sum().backward()
        #expect(value.grad!.item(as: Float.self) == 2)
    }

    @Test func complexPartsAreViewsAndRoundTrip() {
        let parts = Tensor([1.0, 2, 3, 4, 5, 6], shape: [3, 2])
        let z = parts.viewAsComplex()
        #expect(z.array(of: Complex<Float>.self) == [Complex(1, 2), Complex(3, 4), Complex(5, 6)])
        #expect(z.storage === parts.storage)
        #expect(z.imaginary.array(of: Float.self) == [2, 4, 6])
        #expect(z.viewAsReal().array(of: Float.self) == [1, 2, 3, 4, 5, 6])
        // An odd offset cannot be a view.
        let shifted = Tensor(
            storage: parts.storage, layout: Layout(shape: [2, 2], strides: [2, 1], offset: 1), dtype: .float32
        )
        #expect(shifted.viewAsComplex().array(of: Complex<Float>.self) == [Complex(2, 3), Complex(4, 5)])
        #expect(
            Tensor.polar(abs: Tensor([2.0], shape: [1]), angle: Tensor([0.0], shape: [1])).real.item(
                as: Float.self) == 2)
    }
}
