import Apus
import ApusNN
import ComplexModule
import Testing

@Suite struct DiscretizationTests {
    private static func number(_ x: Tensor) -> Complex<Double> { x.item(as: Complex<Double>.self) }

    private static func isNear(_ found: Complex<Double>, _ re: Double, _ im: Double) -> Bool {
        abs(found.real - re) < 5e-7 && abs(found.imaginary - im) < 5e-7
    }

    /// a = −½ + 3i with Δ = 0.1.
    @Test func oneNumberHasTheKnownSteps() {
        let a = Tensor.full([], Complex<Double>(-0.5, 3), dtype: .complex128)
        let step = Tensor.full([], 0.1, dtype: .float64)
        let hold = Discretization.zeroOrderHold.diagonal(a, step: step)
        #expect(Self.isNear(Self.number(hold.a), 0.908744, 0.281108), "\(hold.a)")
        #expect(Self.isNear(Self.number(hold.b), 0.096103, 0.014401), "\(hold.b)")
        let bilinear = Discretization.bilinear.diagonal(a, step: step)
        #expect(Self.isNear(Self.number(bilinear.a), 0.910309, 0.279557), "\(bilinear.a)")
        #expect(Self.isNear(Self.number(bilinear.b), 0.095515, 0.013978), "\(bilinear.b)")
    }

    @Test(arguments: Discretization.allCases)
    func aDiagonalMatrixIsItsNumbers(_ method: Discretization) {
        let diagonal = Tensor([-0.5, -1, -7.5], shape: [3], dtype: .float64)
        for step in [1e-3, 0.1, 2] {
            let full = method.matrices(
                diagonal.diagonalEmbed(), .ones([3], dtype: .float64), step: step)
            let each = method.diagonal(diagonal, step: .full([], step, dtype: .float64))
            expectClose(full.a, each.a.diagonalEmbed(), "\(method) \(step)", relative: 1e-13)
            expectClose(full.b, each.b, "\(method) \(step)", relative: 1e-13)
        }
    }

    /// A has no inverse here: x counts time, y is its integral.
    @Test func aHoldNeedsNoInverse() {
        let a = Tensor([0, 0, 1, 0], shape: [2, 2], dtype: .float64)
        let (x, y) = Discretization.zeroOrderHold.matrices(a, Tensor([1, 0], dtype: .float64), step: 0.5)
        expectClose(x, Tensor([1, 0, 0.5, 1], shape: [2, 2], dtype: .float64))
        expectClose(y, Tensor([0.5, 0.125], dtype: .float64))
    }

    /// A small step keeps its digits in float32.
    @Test func aSmallStepOfAHold() {
        let a = Tensor.full([], Complex<Float>(-0.5, 3), dtype: .complex64)
        let b = Discretization.zeroOrderHold.diagonal(a, step: .full([], 1e-6, dtype: .float32)).b
        let ratio = b.to(.complex128).item(as: Complex<Double>.self) / Complex(1e-6)
        #expect((ratio - Complex(1 - 2.5e-7, 1.5e-6)).length < 1e-7, "\(ratio)")
    }

    @Test(arguments: [Discretization.backward, .bilinear, .zeroOrderHold])
    func allButTheForwardStepAreStable(_ method: Discretization) {
        let a = Tensor.complex(
            real: Tensor([-0.5, -0.5, -100, -1e-3], dtype: .float64),
            imaginary: Tensor([0, 1000, 3, 50], dtype: .float64))
        for step in [1e-3, 1, 1e3] {
            let sizes = method.diagonal(a, step: .full([], step, dtype: .float64)).a.abs()
            #expect(sizes.max().item(as: Double.self) < 1, "\(method) \(step)")
        }
        let forward = Discretization.forward.diagonal(a, step: .full([], 0.1, dtype: .float64)).a.abs()
        #expect(forward.max().item(as: Double.self) > 1)
    }

    @Test func shapesThatDoNotFitStop() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Discretization.bilinear.matrices(.ones([3, 2]), .ones([2]), step: 1)
        }
        #expect(message(result).contains("Discretization: A of shape [3, 2] and B of shape [2]"))
    }
}
