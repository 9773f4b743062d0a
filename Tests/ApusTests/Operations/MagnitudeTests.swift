import ComplexModule
import Foundation
import Testing

@testable import Apus

/// Values and gradients hold from the smallest to the largest numbers of a type: single precision is compared with double
/// precision, which has the range, and double precision with the same at magnitude 1 by homogeneity: f(s·x) = sᵛ·f(x),
/// whose gradient is that at x times sᵛ⁻¹.
@Suite struct MagnitudeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let isComplex: Bool
        /// v; nil where the function is not homogeneous.
        let degree: Double?
        let shapes: [Shape]
        /// Also gets an ε that is scaled as the square of the inputs.
        let call: @Sendable ([Tensor], Double) -> Tensor

        var testDescription: String { name }

        init(
            _ name: String, _ degree: Double?, _ shapes: [Shape] = [[3, 4]], complex: Bool = false,
            _ call: @escaping @Sendable ([Tensor], Double) -> Tensor
        ) {
            self.name = name
            self.degree = degree
            self.shapes = shapes
            isComplex = complex
            self.call = call
        }

        static func complex(
            _ name: String, _ degree: Double?, _ shapes: [Shape] = [[3, 4]],
            _ call: @escaping @Sendable ([Tensor], Double) -> Tensor
        ) -> Case { Case("complex \(name)", degree, shapes, complex: true, call) }

        /// Magnitudes between 0.2 and 1 in all directions, in double precision.
        func points() -> [Tensor] {
            let generator = RandomGenerator(seed: 5)
            return shapes.map { shape in
                func uniform(_ low: Double, _ high: Double) -> Tensor {
                    .uniform(shape, low: low, high: high, dtype: .float64, using: generator)
                }
                if isComplex { return .polar(abs: uniform(0.2, 1), angle: uniform(-3, 3)) }
                return uniform(0.2, 1) * uniform(-1, 1).sign()
            }
        }
    }

    static let homogeneous: [Case] =
        [
            Case("atan2", 0, [[3, 4], [3, 4]]) { x, _ in x[0].atan2(x[1]) },
            Case("hypot", 1, [[3, 4], [4]]) { x, _ in x[0].hypot(x[1]) },
            Case("abs", 1) { x, _ in x[0].abs() },
            Case("divide", 0, [[3, 4], [3, 4]]) { x, _ in x[0] / x[1] },
            Case("reciprocal", -1) { x, _ in x[0].reciprocal() },
            Case("sqrt", 0.5) { x, _ in x[0].abs().sqrt() },
            Case("rsqrt", -0.5) { x, _ in x[0].abs().rsqrt() },
            Case("norm", 1) { x, _ in x[0].norm() },
            Case("norm of rows", 1) { x, _ in x[0].norm(axis: 1) },
            Case("norm of columns", 1, [[70, 40]]) { x, _ in x[0].norm(axis: 0, keepDims: true) },
            Case("1-norm", 1) { x, _ in x[0].norm(1, axis: 1) },
            Case("3-norm", 1) { x, _ in x[0].norm(3, axis: 1) },
            Case("2.5-norm", 1) { x, _ in x[0].norm(2.5, axis: 0, keepDims: true) },
            Case("½-norm", 1) { x, _ in x[0].norm(0.5, axis: 1) },
            Case("-1½-norm", 1) { x, _ in x[0].norm(-1.5, axis: 1) },
            Case("∞-norm", 1) { x, _ in x[0].norm(.infinity, axis: 1) },
            Case("-∞-norm", 1) { x, _ in x[0].norm(-.infinity, axis: 1) },
            Case("mean", 1, [[50]]) { x, _ in x[0].mean() },
            Case("mean of large sums", 1, [[50]]) { x, _ in x[0].abs().mean() },
            Case("variance", 2) { x, _ in x[0].variance() },
            Case("standard deviation", 1) { x, _ in x[0].standardDeviation() },
            Case("standard deviation of rows", 1, [[3, 40]]) { x, _ in
                x[0].standardDeviation(axis: 1, correction: 0, keepDims: true)
            },
            Case("standard deviation of a long row", 1, [[10_000]]) { x, _ in x[0].standardDeviation() },
            Case("unit vectors", 0) { x, _ in x[0] / x[0].norm(axis: 1, keepDims: true) },
            Case("cosine similarity", 0, [[3, 4], [3, 4]]) { x, _ in
                (x[0] / x[0].norm(axis: 1, keepDims: true) * (x[1] / x[1].norm(axis: 1, keepDims: true)))
                    .sum(axis: 1)
            },
            Case("layer norm of short rows", 0, [[3, 7]]) { x, e in x[0].layerNorm(epsilon: e) },
            Case("layer norm", 0, [[3, 70]]) { x, e in
                x[0].layerNorm(
                    weight: Tensor.linspace(0.5, 2, count: 70).to(x[0].dtype), bias: Tensor.ones([70]),
                    epsilon: e)
            },
            Case("layer norm of long rows", 0, [[2, 1500]]) { x, e in x[0].layerNorm(epsilon: e) },
            Case("layer norm of two axes", 0, [[2, 3, 4]]) { x, e in
                x[0].layerNorm(lastAxes: 2, weight: Tensor.ones([3, 4]) * 0.5, epsilon: e)
            },
            Case("channel layer norm", 0, [[2, 5, 3]]) { x, e in x[0].channelLayerNorm(epsilon: e) },
            Case("RMS norm", 0, [[3, 40]]) { x, e in x[0].rmsNorm(weight: Tensor.ones([40]) * 1.5, epsilon: e)
            },
            Case("batch norm", 0, [[4, 3, 5]]) { x, e in
                x[0].batchNorm(weight: Tensor.ones([3]) * 1.5, bias: Tensor.ones([3]), epsilon: e)
            },
            Case("batch norm and ReLU", 0, [[4, 3, 2, 3]]) { x, e in
                x[0].batchNorm(bias: Tensor.ones([3]) * 0.25, epsilon: e, activation: .relu)
            },
            Case("batch variance", 2, [[4, 3, 5]]) { x, _ in
                x[0].batchNormAndMoments().variance
            },
            Case("group norm", 0, [[2, 4, 3]]) { x, e in x[0].groupNorm(groups: 2, epsilon: e) },
            Case("instance norm", 0, [[2, 4, 5]]) { x, e in x[0].instanceNorm(epsilon: e) },
            Case("Lp pooling", 1, [[2, 3, 8]]) { x, _ in x[0].lpPool1d(2, 3, stride: 2) },
            Case("Lp pooling of cubes", 1, [[2, 3, 8]]) { x, _ in x[0].abs().lpPool1d(3, 2) },
        ] + complexHomogeneous

    private static let complexHomogeneous: [Case] = [
        .complex("abs", 1) { x, _ in x[0].abs() },
        .complex("angle", 0) { x, _ in x[0].angle() },
        .complex("sign", 0) { x, _ in x[0].sign() },
        .complex("divide", 0, [[3, 4], [3, 4]]) { x, _ in x[0] / x[1] },
        .complex("reciprocal", -1) { x, _ in x[0].reciprocal() },
        .complex("sqrt", 0.5) { x, _ in x[0].sqrt() },
        .complex("rsqrt", -0.5) { x, _ in x[0].rsqrt() },
        .complex("norm", 1) { x, _ in x[0].norm(axis: 1) },
        .complex("3-norm", 1) { x, _ in x[0].norm(3) },
        .complex("mean", 1) { x, _ in x[0].mean(axis: 0) },
        .complex("variance", 2) { x, _ in x[0].variance(axis: 1) },
        .complex("standard deviation", 1) { x, _ in x[0].standardDeviation(axis: 1) },
        .complex("cardioid", 1) { x, _ in x[0].cardioid() },
        .complex("modReLU", 1, [[2, 3, 4], [3]]) { x, _ in x[0].modReLU(bias: x[1].real * 0.25) },
        .complex("RMS norm", 0) { x, e in x[0].rmsNorm(epsilon: e) },
        .complex("batch norm", 0, [[5, 3, 4], [3]]) { x, e in
            x[0].complexBatchNorm(weight: Tensor.ones([3, 3]) * 0.5, epsilon: e)
        },
        .complex("group norm", 0, [[2, 4, 3]]) { x, e in x[0].complexGroupNorm(groups: 2, epsilon: e) },
        .complex("layer norm", 0, [[2, 9]]) { x, e in x[0].complexLayerNorm(epsilon: e) },
        .complex("max pooling", 1, [[1, 2, 8]]) { x, _ in x[0].complexMaxPool1d(2) },
    ]

    // Not those whose gradients are computed from saturated results: tanh, sigmoid, softmax.
    private static let realFunctions: [(String, @Sendable (Tensor) -> Tensor)] = [
        ("exp", { $0.exp() }), ("exp2", { $0.exp2() }), ("expm1", { $0.expm1() }),
        ("log", { $0.abs().log() }), ("log2", { $0.abs().log2() }), ("log10", { $0.abs().log10() }),
        ("log1p", { $0.abs().log1p() }), ("atan", { $0.atan() }), ("asinh", { $0.asinh() }),
        ("acosh", { ($0.abs() + 1.5).acosh() }),
        ("erf", { $0.erf() }), ("softsign", { $0.softsign() }), ("softplus", { $0.softplus() }),
        ("logSigmoid", { $0.logSigmoid() }), ("silu", { $0.silu() }), ("mish", { $0.mish() }),
        ("gelu", { $0.gelu() }), ("elu", { $0.elu() }), ("hardswish", { $0.hardswish() }),
        ("logSumExp", { $0.logSumExp(axis: 1) }),
        ("logSoftmax", { $0.logSoftmax(axis: 1) }), ("sinh", { $0.sinh() }), ("cosh", { $0.cosh() }),
        ("layer norm, usual ε", { $0.layerNorm() }), ("RMS norm, usual ε", { $0.rmsNorm(epsilon: 1e-6) }),
        ("batch norm, usual ε", { $0.batchNorm() }),
        ("group norm, usual ε", { $0.groupNorm(groups: 1) }),
        ("local response norm", { $0.unsqueeze(0).localResponseNorm(size: 3) }),
        ("unit vectors, at least", { $0 / $0.norm(axis: 1, keepDims: true).clamp(min: 1e-12) }),
    ]

    private static let complexFunctions: [(String, @Sendable (Tensor) -> Tensor)] = [
        ("log", { $0.log() }), ("log2", { $0.log2() }), ("log10", { $0.log10() }),
        ("log1p", { $0.log1p() }),
        ("exp2", { ($0 / ($0.abs() + 1)).exp2() }), ("expm1", { ($0 / ($0.abs() + 1)).expm1() }),
        ("asin", { $0.asin() }), ("acos", { $0.acos() }), ("atan", { $0.atan() }),
        ("asinh", { $0.asinh() }), ("acosh", { $0.acosh() }), ("atanh", { $0.atanh() }),
        ("tanh", { $0.tanh() }), ("batch norm, usual ε", { $0.complexBatchNorm() }),
        ("layer norm, usual ε", { $0.reshape([1, 12]).complexLayerNorm() }),
        ("modReLU", { $0.modReLU(bias: Tensor([-0.5, 0.5, 1], shape: [3])) }),
    ]

    /// Functions that are not homogeneous, and normalisations with the usual ε.
    static let others: [Case] =
        realFunctions.map { (name, call) in Case(name, nil) { x, _ in call(x[0]) } }
        + complexFunctions.map { (name, call) in Case.complex(name, nil, [[4, 3]]) { x, _ in call(x[0]) } }

    @Test(arguments: homogeneous + others)
    func singlePrecisionAtEveryMagnitude(_ test: Case) {
        let points = test.points()
        let type: DType = test.isComplex ? .complex64 : .float32
        for exponent in -44...38 {
            let scale = Foundation.pow(10, Double(exponent))
            let x = points.map { ($0 * scale).to(type) }
            let wide = x.map { $0.to(test.isComplex ? .complex128 : .float64) }
            let epsilon = 1e-3 * scale * scale
            let found = Self.valueAndGradients(test, x, epsilon)
            if exponent < -36 {
                // Denormal numbers count as zeros.
                Self.expectAsDefined(found, asAtZero: x, test, exponent)
                continue
            }
            let expected = Self.valueAndGradients(test, wide, epsilon)
            let slack = 4 * Double(Float.leastNormalMagnitude) / scale
            for (index, pair) in zip(found, expected).enumerated() {
                let problem = Self.difference(
                    pair.0, pair.1, tolerance: 5e-5, slack: slack, type: Float.self)
                #expect(
                    problem == nil,
                    "\(test.name) at 1e\(exponent), \(index == 0 ? "value" : "gradient"): \(problem ?? "")")
                if problem != nil { return }
                // Past the last number there is no slope.
                if pair.0.contains(where: { !$0.isFinite }) { break }
            }
        }
    }

    @Test(arguments: homogeneous)
    func doublePrecisionAtEveryMagnitude(_ test: Case) {
        let points = test.points()
        for exponent in Array(stride(from: -320, through: 307, by: 11)) + [-303, -200, -154, 154, 200, 308] {
            let scale = Foundation.pow(10, Double(exponent))
            let square = 1e-3 * scale * scale
            let isUsable = square.isNormal
            let found = Self.valueAndGradients(test, points.map { $0 * scale }, isUsable ? square : 0)
            if exponent < -303 {
                Self.expectAsDefined(found, asAtZero: points, test, exponent)
                continue
            }
            let expected = Self.valueAndGradients(test, points, isUsable ? 1e-3 : 0)
            let slack = 4 * Double.leastNormalMagnitude / scale
            for (index, pair) in zip(found, expected).enumerated() {
                let problem = Self.difference(
                    pair.0, pair.1, tolerance: 1e-11, slack: slack, type: Double.self,
                    exponent: Double(exponent) * (test.degree! - (index == 0 ? 0 : 1)))
                #expect(
                    problem == nil,
                    "\(test.name) at 1e\(exponent), \(index == 0 ? "value" : "gradient"): \(problem ?? "")")
                if problem != nil { return }
                // Past the last number there is no slope.
                if pair.0.contains(where: { !$0.isFinite }) { break }
            }
        }
    }

    /// The value, then the gradients, each as real numbers.
    private static func valueAndGradients(_ test: Case, _ x: [Tensor], _ epsilon: Double) -> [[Double]] {
        let leaves = x.map { $0.requiringGradient() }
        let value = test.call(leaves, epsilon)
        let weights = Tensor(
            (0..<value.count).map { cos(Double($0 + 1)) }, shape: value.shape, dtype: .float64)
        let upstream = value.dtype.isComplex ? weights.to(.complex128) * Complex<Double>(1, 0.5) : weights
        if !value.requiresGradient { return [numbers(value)] }
        value.backward(upstream.to(value.dtype))
        return [numbers(value)] + leaves.map { numbers($0.grad ?? .zeros(like: $0)) }
    }

    private static func numbers(_ x: Tensor) -> [Double] {
        let x = x.detach()
        return (x.dtype.isComplex ? x.viewAsReal() : x).array(of: Double.self)
    }

    /// Expects what is defined at zeros to be defined.
    private static func expectAsDefined(
        _ found: [[Double]], asAtZero x: [Tensor], _ test: Case, _ exponent: Int
    ) {
        let atZero = valueAndGradients(test, x.map { $0 * 0 }, 0)
        for (result, zero) in zip(found, atZero) where !zero.contains(where: { $0.isNaN }) {
            #expect(!result.contains { $0.isNaN }, "\(test.name) at 1e\(exponent)")
        }
    }

    /// What differs between what was found and what was expected · 10^exponent, if that is a number of the type.
    private static func difference<T: BinaryFloatingPoint>(
        _ found: [Double], _ expected: [Double], tolerance: Double, slack: Double, type: T.Type,
        exponent: Double = 0
    ) -> String? {
        let largest = expected.reduce(0) { max($0, $1.isFinite ? $1.magnitude : 0) }
        let limit = Double(T.greatestFiniteMagnitude)
        for (i, (a, unit)) in zip(found, expected).enumerated() {
            // In two steps, as 10^exponent alone may be no number.
            let half = Foundation.pow(10, exponent / 2)
            let b = unit * half * half
            if b.magnitude > 0.25 * limit, a.magnitude > 0.2 * limit || a.isNaN { continue }
            let allowed =
                (tolerance * (unit.magnitude + 0.1 * largest) + slack * largest) * half * half
                + 8 * Double(T.leastNormalMagnitude)
            if !((a - b).magnitude <= allowed) { return "element \(i) is \(a), expected \(b)" }
        }
        return nil
    }
}
