import Apus
import ApusNN
import ApusOptim
import Testing

@Suite struct ClippingTests {
    private func parameters() throws -> [Parameter] {
        try (0..<3).map { index in
            let parameter = Parameter(try PeerFixture.tensor("input.any.value.\(index)"))
            parameter.grad = try PeerFixture.tensor("input.any.gradient.0.\(index)")
            return parameter
        }
    }

    @Test(arguments: [1.0, 2, 3, .infinity])
    func normsArePyTorchs(_ order: Double) throws {
        let parameters = try parameters()
        let name = "clip.norm" + (order.isFinite ? "\(Int(order))" : "inf")
        let norm = clipGradientNorm(of: parameters, to: 0.7, order: order)
        try PeerFixture.expect(Tensor(norm, dtype: .float64), equals: "\(name).total")
        for (index, parameter) in parameters.enumerated() {
            try PeerFixture.expect(parameter.grad!, equals: "\(name).\(index)")
        }
        #expect(abs(gradientNorm(of: parameters, order: order) - 0.7) < 1e-5)
    }

    @Test func valuesArePyTorchs() throws {
        let parameters = try parameters()
        clipGradientValues(of: parameters, to: 0.4)
        for (index, parameter) in parameters.enumerated() {
            try PeerFixture.expect(parameter.grad!, equals: "clip.value.\(index)")
        }
    }

    /// As PyTorch, which scales by a factor that is 0 or NaN then.
    @Test func whatIsNotFiniteStaysSo() {
        let parameter = Parameter(.zeros([2]))
        parameter.grad = Tensor([Float.infinity, 1])
        #expect(clipGradientNorm(of: [parameter], to: 1) == .infinity)
        let clipped = parameter.grad!.array(of: Float.self)
        #expect(clipped[0].isNaN && clipped[1] == 0)
        parameter.grad = Tensor([Float.nan, 1])
        #expect(clipGradientNorm(of: [parameter], to: 1).isNaN)
        #expect(parameter.grad!.isNaN().all().item(as: Bool.self))
        parameter.grad = Tensor([Float.nan, 3])
        clipGradientValues(of: [parameter], to: 1)
        #expect(
            parameter.grad!.array(of: Float.self)[0].isNaN && parameter.grad!.array(of: Float.self)[1] == 1)
    }

    @Test func smallGradientsStayAsTheyAre() {
        let (parameter, other) = (Parameter(.zeros([2])), Parameter(.zeros([3])))
        parameter.grad = Tensor([0.3, -0.4] as [Float])
        #expect(abs(clipGradientNorm(of: [parameter, other], to: 1) - 0.5) < 1e-7)
        clipGradientValues(of: [parameter, other], to: 1)
        #expect(parameter.grad!.array(of: Float.self) == [0.3, -0.4] && other.grad == nil)
        #expect(clipGradientNorm(of: [], to: 1) == 0 && gradientNorm(of: [other]) == 0)
    }

    /// Numbers whose squares are no float64, and many whose squares are no float32.
    @Test func normsAreOfLargeAndSmallNumbers() {
        let parameter = Parameter(.zeros([2], dtype: .float64))
        for scale in [1e200, 1e-200] {
            parameter.grad = Tensor([3 * scale, 4 * scale], dtype: .float64)
            #expect(abs(gradientNorm(of: [parameter]) / (5 * scale) - 1) < 1e-12)
        }
        let large = Parameter(.zeros([40_000]))
        large.grad = .full([40_000], Float(1e30))
        #expect(abs(gradientNorm(of: [large]) / 2e32 - 1) < 1e-6)
    }

    @Test func complexGradientsCountBothParts() {
        let parameter = Parameter(.zeros([1], dtype: .complex64))
        parameter.grad = Tensor([3.0, -4], shape: [1, 2], dtype: .float32).viewAsComplex()
        #expect(clipGradientNorm(of: [parameter], to: 10) == 5)
        clipGradientValues(of: [parameter], to: 3.5)
        #expect(parameter.grad!.viewAsReal().array(of: Float.self) == [3, -3.5])
    }

    /// What others hold is left alone, and what nobody holds is changed where it lies.
    @Test func gradientsAreClippedInPlace() {
        let parameter = Parameter(.zeros([100]))
        parameter.grad = .ones([100])
        func address() -> UnsafeRawPointer? { parameter.grad!.withUnsafeBytes { $0.baseAddress } }
        let before = address()
        clipGradientNorm(of: [parameter], to: 1)
        #expect(address() == before)
        let held = parameter.grad!
        clipGradientValues(of: [parameter], to: 0.01)
        #expect(abs(held.array(of: Float.self)[0] - 0.1) < 1e-6)
        #expect(abs(parameter.grad!.array(of: Float.self)[0] - 0.01) < 1e-6)
    }

    /// Equation 3 of the paper, by hand.
    @Test func unitsAreClippedByTheirWeights() {
        let matrix = Parameter(Tensor([3.0, 4, 0, 0, 30, 40], shape: [3, 2]))
        matrix.grad = Tensor([6.0, 8, 6, 8, 6, 8], shape: [3, 2])
        let vector = Parameter(Tensor([0.6, 0.8]))
        vector.grad = Tensor([3.0, 4])
        let scalar = Parameter(Tensor(2.0))
        scalar.grad = Tensor(-3.0)
        let still = Parameter(.ones([2]))
        clipGradientsAdaptively(of: [matrix, vector, scalar, still], to: 0.5, epsilon: 0.1)
        func close(_ found: Tensor, _ expected: [Float]) -> Bool {
            zip(found.reshape([found.count]).array(of: Float.self), expected).allSatisfy {
                abs($0 - $1) < 1e-6
            }
        }
        // Norms 5, 0 and 50: limits 2.5, 0.05 and 25.
        #expect(close(matrix.grad!, [1.5, 2, 0.03, 0.04, 6, 8]))
        #expect(close(vector.grad!, [0.3, 0.4]))
        #expect(close(scalar.grad!, [-1]))
        #expect(still.grad == nil)
    }
}
