import Apus
import Testing

/// The types that functions of one tensor give, as PyTorch's: whole numbers stay what they are where a function maps them
/// to whole numbers.
@Suite struct ResultTypeTests {
    private static let integral: [(String, @Sendable (Tensor) -> Tensor)] = [
        ("abs", { $0.abs() }), ("negate", { -$0 }), ("square", { $0.square() }), ("sign", { $0.sign() }),
        ("floor", { $0.floor() }), ("ceil", { $0.ceil() }), ("round", { $0.round() }),
        ("trunc", { $0.trunc() }),
        ("relu", { $0.relu() }), ("relu6", { $0.relu6() }), ("hardtanh", { $0.hardtanh() }),
        ("real", { $0.real }),
        ("conjugate", { $0.conjugate() }), ("bitwiseNot", { ~$0 }), ("clamp", { $0.clamp(min: 1) }),
        ("clamp", { $0.clamp(max: 5) }), ("clamp", { $0.clamp() }), ("power", { $0 ** 2 }),
        ("power", { $0 ** 5 }),
        ("max", { $0.max() }), ("min", { $0.min(axis: 0).values }), ("median", { $0.median() }),
        ("sort", { $0.sort().values }), ("topK", { $0.topK(2).values }), ("unique", { $0.unique().values }),
        ("cumulativeMax", { $0.cumulativeMax(axis: 0).values }), ("flip", { $0.flip(axis: 0) }),
        ("tril", { $0.tril() }),
        ("remainder", { $0 % 2 }), ("floorDivide", { $0.floorDivide(2) }), ("maximum", { $0.maximum(3) }),
        ("maximum", { $0.maximum($0) }), ("shiftLeft", { $0 << 1 }), ("add", { $0 + 1 }),
        ("fmod", { $0.fmod(2) }),
    ]
    private static let floating: [(String, @Sendable (Tensor) -> Tensor)] = [
        ("exp", { $0.exp() }), ("exp2", { $0.exp2() }), ("expm1", { $0.expm1() }), ("log", { $0.log() }),
        ("log2", { $0.log2() }), ("log10", { $0.log10() }), ("log1p", { $0.log1p() }),
        ("sqrt", { $0.sqrt() }),
        ("rsqrt", { $0.rsqrt() }), ("reciprocal", { $0.reciprocal() }), ("sin", { $0.sin() }),
        ("cos", { $0.cos() }),
        ("tan", { $0.tan() }), ("asin", { $0.asin() }), ("acos", { $0.acos() }), ("atan", { $0.atan() }),
        ("sinh", { $0.sinh() }), ("cosh", { $0.cosh() }), ("tanh", { $0.tanh() }), ("asinh", { $0.asinh() }),
        ("acosh", { $0.acosh() }), ("atanh", { $0.atanh() }), ("erf", { $0.erf() }),
        ("sigmoid", { $0.sigmoid() }),
        ("angle", { $0.angle() }), ("mean", { $0.mean() }), ("norm", { $0.norm() }),
        ("variance", { $0.variance() }),
        ("softmax", { $0.softmax() }), ("logSumExp", { $0.logSumExp() }), ("silu", { $0.silu() }),
        ("softsign", { $0.softsign() }), ("tanhshrink", { $0.tanhshrink() }),
        ("clamp", { $0.clamp(min: 0.5) }),
        ("clamp", { $0.clamp(min: .nan) }), ("hardtanh", { $0.hardtanh(min: -0.5, max: 0.5) }),
        ("divide", { $0 / 2 }),
        ("multiply", { $0 * 0.5 }),
    ]
    private static let logical: [(String, @Sendable (Tensor) -> Tensor)] = [
        ("isNaN", { $0.isNaN() }), ("isInf", { $0.isInf() }), ("isFinite", { $0.isFinite() }),
        ("not", { .!$0 }),
        ("less", { $0 .< 2 }), ("equal", { $0 .== $0 }), ("all", { $0.all() }), ("any", { $0.any(axis: 0) }),
    ]
    private static let counts: [(String, @Sendable (Tensor) -> Tensor)] = [
        ("sum", { $0.sum() }), ("prod", { $0.prod() }), ("cumulativeSum", { $0.cumulativeSum(axis: 0) }),
        ("cumulativeProduct", { $0.cumulativeProduct(axis: 0) }), ("argmax", { $0.argmax() }),
        ("countNonzero", { $0.countNonzero() }), ("argsort", { $0.argsort() }), ("nonzero", { $0.nonzero() }),
    ]

    @Test func wholeNumbers() {
        for dtype in DType.integers {
            let x = Tensor([2, 0, 7, 1], shape: [2, 2], dtype: dtype)
            for (name, call) in Self.integral { #expect(call(x).dtype == dtype, "\(name) of \(dtype)") }
            for (name, call) in Self.floating { #expect(call(x).dtype == .float32, "\(name) of \(dtype)") }
            for (name, call) in Self.logical { #expect(call(x).dtype == .bool, "\(name) of \(dtype)") }
            for (name, call) in Self.counts { #expect(call(x).dtype == .int64, "\(name) of \(dtype)") }
        }
    }

    @Test func floatingPointNumbers() {
        for dtype in DType.realFloating {
            let x = Tensor([2, 0, 7, 1], shape: [2, 2], dtype: dtype)
            for (name, call) in Self.integral
            where !["bitwiseNot", "shiftLeft"].contains(name) {
                #expect(call(x).dtype == dtype, "\(name) of \(dtype)")
            }
            for (name, call) in Self.floating { #expect(call(x).dtype == dtype, "\(name) of \(dtype)") }
            for (name, call) in Self.logical { #expect(call(x).dtype == .bool, "\(name) of \(dtype)") }
        }
    }

    @Test func signs() {
        #expect(Tensor([-3, 0, 9], shape: [3], dtype: .int32).sign().array(of: Int32.self) == [-1, 0, 1])
        #expect(Tensor([Int.min, 0, .max], shape: [3]).sign().array(of: Int.self) == [-1, 0, 1])
        #expect(Tensor([0, 9, 255], shape: [3], dtype: .uint8).sign().array(of: UInt8.self) == [0, 1, 1])
        #expect(Tensor([true, false]).sign().dtype == .bool)
    }
}
