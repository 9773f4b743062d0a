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
