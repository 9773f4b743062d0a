import ComplexModule
import Testing

@testable import Apus

/// Denormal numbers, which kernels flush, count as zeros of their sign in every function that computes with them; none
/// takes their bits for another number.
@Suite struct DenormalTests {
    static let functions: [(String, @Sendable (Tensor) -> Tensor)] = [
        ("log", { $0.log() }), ("log2", { $0.log2() }), ("log10", { $0.log10() }), ("log1p", { $0.log1p() }),
        ("exp", { $0.exp() }), ("exp2", { $0.exp2() }), ("expm1", { $0.expm1() }), ("sqrt", { $0.sqrt() }),
        ("rsqrt", { $0.rsqrt() }), ("reciprocal", { $0.reciprocal() }), ("square", { $0.square() }),
        ("power", { $0 ** 0.3 }), ("negative power", { $0 ** -2.5 }), ("exponent", { 2.5 ** $0 }),
        ("divide", { 1 / $0 }), ("tan", { $0.tan() }), ("asin", { $0.asin() }), ("atan", { $0.atan() }),
        ("sinh", { $0.sinh() }), ("tanh", { $0.tanh() }), ("asinh", { $0.asinh() }),
        ("atanh", { $0.atanh() }), ("acos", { $0.acos() }), ("cos", { $0.cos() }),
    ]

    static let realFunctions: [(String, @Sendable (Tensor) -> Tensor)] = [
        ("atan2 of it and 0", { $0.atan2(.zeros(like: $0)) }), ("atan2 of 0 and it", { (0 * $0).atan2($0) }),
        ("hypot", { $0.hypot(0) }), ("erf", { $0.erf() }), ("acosh", { ($0 + 1).acosh() }),
        ("log of the sum", { $0.unsqueeze(1).norm(axis: 1).log() }), ("softsign", { $0.softsign() }),
    ]

    /// Denormals and what they must give: as zeros, but for functions that return a small number itself.
    private func expectFlushed(_ name: String, _ x: Tensor, _ call: (Tensor) -> Tensor, _ least: Double) {
        let zeros =
            x.dtype.isComplex
            ? Tensor.complex(real: flushed(x.real), imaginary: flushed(x.imaginary)) : flushed(x)
        let (found, expected) = (numbers(call(x)), numbers(call(zeros)))
        for (a, b) in zip(found, expected) {
            let same = a == b || (a.isNaN && b.isNaN)
            #expect(same || (a.magnitude < least && b == 0), "\(name) in \(x.dtype): \(a), not \(b)")
        }
    }

    /// Zeros of the signs.
    private func flushed(_ x: Tensor) -> Tensor {
        Tensor(
            x.array(of: Double.self).map { Double(signOf: $0, magnitudeOf: 0) }, shape: x.shape,
            dtype: .float64
        )
        .to(x.dtype)
    }

    private func numbers(_ x: Tensor) -> [Double] {
        (x.dtype.isComplex ? x.viewAsReal() : x).array(of: Double.self)
    }

    @Test func realDenormalsAreZeros() {
        let least = Float.leastNormalMagnitude
        let single = Tensor([least / 100, -least / 100, .leastNonzeroMagnitude, least.nextDown], shape: [4])
        let small = Double.leastNormalMagnitude
        let double = Tensor(
            [small / 100, -small / 100, .leastNonzeroMagnitude, small.nextDown], shape: [4], dtype: .float64)
        for (name, call) in Self.functions + Self.realFunctions {
            expectFlushed(name, single, call, Double(Float.leastNormalMagnitude))
            expectFlushed(name, double, call, .leastNormalMagnitude)
        }
    }

    @Test func complexDenormalsAreZeros() {
        let small = Double.leastNormalMagnitude / 100
        let re = Tensor([small, -small, .leastNonzeroMagnitude], shape: [3], dtype: .float64)
        let double = Tensor.complex(real: re, imaginary: -re.flip(axis: 0))
        let least = Float.leastNormalMagnitude / 100
        let parts = Tensor([least, -least, .leastNonzeroMagnitude], shape: [3])
        let single = Tensor.complex(real: parts, imaginary: -parts.flip(axis: 0))
        for (name, call) in Self.functions {
            expectFlushed(name, single, call, Double(Float.leastNormalMagnitude))
            expectFlushed(name, double, call, .leastNormalMagnitude)
        }
    }
}
