import Apus
import Testing

/// Which functions of a complex number are holomorphic, and by how much others are not.
@Suite struct CauchyRiemannTests {
    static let holomorphic: [(String, @Sendable (Tensor) -> Tensor)] = [
        ("exp", { $0.exp() }), ("z²", { $0 * $0 }), ("tanh", { $0.tanh() }), ("1/z", { $0.reciprocal() }),
        ("log", { $0.log() }), ("constant", { .ones($0.shape, dtype: $0.dtype) }),
    ]

    /// Points of all quadrants, none on an axis.
    private func points(_ dtype: DType) -> Tensor {
        let real = Tensor([1.2, -0.7, 0.3, -0.9, 0.05, -1.4], shape: [2, 3], dtype: .float64)
        let imaginary = Tensor([0.6, 0.4, -1.1, -0.2, -0.8, 0.9], shape: [2, 3], dtype: .float64)
        return Tensor.complex(real: real, imaginary: imaginary).to(dtype)
    }

    @Test(arguments: [DType.complex64, .complex128])
    func analyticFunctionsAre(_ dtype: DType) {
        for (name, function) in Self.holomorphic {
            let found = cauchyRiemann(at: points(dtype), of: function)
            #expect(found.isHolomorphic(), "\(name): \(found)")
            #expect(found.largest < (dtype == .complex64 ? 1e-4 : 1e-10), "\(name): \(found)")
        }
    }

    @Test func theDerivativeIsFound() {
        let z = points(.complex128)
        let found = cauchyRiemann(at: z) { $0 * $0 * $0 }
        #expect((found.derivative - z * z * 3).abs().max().item(as: Double.self) < 1e-12)
    }

    @Test func othersFailByWhatTheyShould() {
        let z = points(.complex128)
        // conj: u = x, v = −y.
        let conjugate = cauchyRiemann(at: z) { $0.conjugate() }
        #expect(!conjugate.isHolomorphic())
        #expect((conjugate.first - 2).abs().max().item(as: Double.self) < 1e-12)
        #expect(conjugate.second.abs().max().item(as: Double.self) < 1e-12)
        #expect((conjugate.largest - 2).magnitude < 1e-12)
        // |z|: the gradient has modulus 1 everywhere; Re z: u = x.
        for function: @Sendable (Tensor) -> Tensor in [{ $0.abs() }, { $0.real }] {
            let found = cauchyRiemann(at: z, of: function)
            #expect(!found.holomorphic().any().item(as: Bool.self))
            #expect((found.deviations - 1).abs().max().item(as: Double.self) < 1e-12)
        }
    }

    /// CReLU is the identity in the first quadrant and 0 in the third, and neither elsewhere.
    @Test func cReLUIsHolomorphicInTwoQuadrants() {
        let z = points(.complex128)
        let found = cauchyRiemann(at: z) { $0.crelu() }
        #expect(found.holomorphic().array(of: Bool.self) == [true, false, false, true, false, false])
        #expect(!found.isHolomorphic())
        #expect(found.description.contains("2 of 6"))
    }

    @Test func realPointsAndOtherShapesAreRefused() async {
        await #expect(processExitsWith: .failure) { _ = cauchyRiemann(at: .ones([2])) { $0 } }
        await #expect(processExitsWith: .failure) {
            _ = cauchyRiemann(at: .ones([2], dtype: .complex64)) { $0.sum() }
        }
    }
}
