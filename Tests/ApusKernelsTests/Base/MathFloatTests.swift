import Glibc
import Testing

import ApusKernels

/// A function of `FloatMath`, where it is measured, what it should be, and by how much it may miss.
struct FloatCase: Sendable, CustomStringConvertible {
    let description: String
    let range: ClosedRange<Float>
    let bound: Double
    let function: @Sendable (Float) -> Float
    let reference: @Sendable (Double) -> Double

    init(
        _ description: String, _ range: ClosedRange<Float>, _ bound: Double,
        _ function: @escaping @Sendable (Float) -> Float,
        _ reference: @escaping @Sendable (Double) -> Double
    ) {
        self.description = description
        self.range = range
        self.bound = bound
        self.function = function
        self.reference = reference
    }

    static let everywhere = -Float.greatestFiniteMagnitude...Float.greatestFiniteMagnitude

    static let elementary: [FloatCase] = [
        FloatCase("exp", -104...104, 1, { FloatMath.exp($0) }, { Glibc.exp($0) }),
        FloatCase("exp2", -130...130, 1, { FloatMath.exp2($0) }, { Glibc.exp2($0) }),
        FloatCase("expm1", -104...104, 2, { FloatMath.expm1($0) }, { Glibc.expm1($0) }),
        FloatCase("log", everywhere, 1, { FloatMath.log($0) }, { Glibc.log($0) }),
        FloatCase("log2", everywhere, 2, { FloatMath.log2($0) }, { Glibc.log2($0) }),
        FloatCase("log10", everywhere, 2, { FloatMath.log10($0) }, { Glibc.log10($0) }),
        FloatCase("log1p", everywhere, 2, { FloatMath.log1p($0) }, { Glibc.log1p($0) }),
        FloatCase("sin", everywhere, 2, { FloatMath.sin($0) }, { Glibc.sin($0) }),
        FloatCase("cos", everywhere, 2, { FloatMath.cos($0) }, { Glibc.cos($0) }),
        FloatCase("tan", everywhere, 3, { FloatMath.tan($0) }, { Glibc.tan($0) }),
        FloatCase("atan", everywhere, 2, { FloatMath.atan($0) }, { Glibc.atan($0) }),
        FloatCase("asin", -2...2, 2, { FloatMath.asin($0) }, { Glibc.asin($0) }),
        FloatCase("acos", -2...2, 2, { FloatMath.acos($0) }, { Glibc.acos($0) }),
        FloatCase("tanh", everywhere, 3, { FloatMath.tanh($0) }, { Glibc.tanh($0) }),
        FloatCase("sinh", -95...95, 2, { FloatMath.sinh($0) }, { Glibc.sinh($0) }),
        FloatCase("cosh", -95...95, 2, { FloatMath.cosh($0) }, { Glibc.cosh($0) }),
        FloatCase("asinh", everywhere, 3, { FloatMath.asinh($0) }, { Glibc.asinh($0) }),
        FloatCase("acosh", everywhere, 3, { FloatMath.acosh($0) }, { Glibc.acosh($0) }),
        FloatCase("atanh", -2...2, 3, { FloatMath.atanh($0) }, { Glibc.atanh($0) }),
        FloatCase("erf", everywhere, 2, { FloatMath.erf($0) }, { Glibc.erf($0) }),
        FloatCase("rsqrt", everywhere, 2, { FloatMath.rsqrt($0) }, { 1 / $0.squareRoot() }),
        FloatCase("cbrt", everywhere, 2, { FloatMath.cbrt($0) }, { Glibc.cbrt($0) }),
        FloatCase(
            "pow(x, 1.7)", 0...1e20, 1, { FloatMath.pow($0, 1.7) }, { Glibc.pow($0, Double(Float(1.7))) }),
        FloatCase("pow(x, -3)", everywhere, 1, { FloatMath.pow($0, -3) }, { Glibc.pow($0, -3) }),
        FloatCase(
            "pow(1.1, x)", everywhere, 1, { FloatMath.pow(1.1, $0) }, { Glibc.pow(Double(Float(1.1)), $0) }),
        FloatCase(
            "atan2(x, 1.3)", everywhere, 3, { FloatMath.atan2($0, 1.3) },
            { Glibc.atan2($0, Double(Float(1.3))) }),
        FloatCase(
            "atan2(0.7, x)", everywhere, 3, { FloatMath.atan2(0.7, $0) },
            { Glibc.atan2(Double(Float(0.7)), $0) }),
    ]

    static let activations: [FloatCase] = [
        FloatCase("sigmoid", -87...100, 3, { FloatMath.sigmoid($0) }, { 1 / (1 + Glibc.exp(-$0)) }),
        FloatCase("silu", -87...1e20, 3, { FloatMath.silu($0) }, { $0 / (1 + Glibc.exp(-$0)) }),
        // Below -1 the relative error grows slowly: 40 ulp are at most 5e-6.
        FloatCase("geluExact", -1...1e20, 5, { FloatMath.geluExact($0) }, { $0 * normalCumulative($0) }),
        FloatCase(
            "geluExact below", -5...(-1), 40, { FloatMath.geluExact($0) }, { $0 * normalCumulative($0) }),
        FloatCase(
            "geluExactDerivative", -0.5...1e20, 8, { FloatMath.geluExactDerivative($0) },
            { normalCumulative($0) + $0 * normalDensity($0) }),
        FloatCase(
            "geluTanh", -1...1e12, 4, { FloatMath.geluTanh($0) },
            { $0 / (1 + Glibc.exp(-2 * (2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) }),
        FloatCase(
            "softplus", -80...1e20, 3, { FloatMath.softplus($0, beta: 1, threshold: 20) },
            { $0 > 20 ? $0 : Glibc.log1p(Glibc.exp($0)) }),
        FloatCase(
            "softplus, beta 2", -40...1e20, 3, { FloatMath.softplus($0, beta: 2, threshold: 20) },
            { 2 * $0 > 20 ? $0 : Glibc.log1p(Glibc.exp(2 * $0)) / 2 }),
    ]
}

@Suite struct MathFloatTests {
    @Test(arguments: FloatCase.elementary + FloatCase.activations)
    func staysWithinTheBound(_ test: FloatCase) {
        var worst = (error: 0.0, at: Float.nan)
        for x in sweep(test.range) {
            let error = ulpError(test.function(x), test.reference(Double(x)))
            if error > worst.error { worst = (error, x) }
        }
        #expect(worst.error <= test.bound, "\(worst.error) ulp at \(worst.at)")
    }

    /// Where exponentials begin to overflow or to vanish each number counts: one beside the bound would give NaN.
    @Test(arguments: FloatCase.elementary + FloatCase.activations)
    func staysWithinTheBoundWhereExponentialsEnd(_ test: FloatCase) {
        for bound: Float in [127, 128, 126, 88.72284, 87.33654, 89.415985, 103.97208, 44.36142] {
            for step in -64...64 {
                let magnitude = Float(bitPattern: UInt32(Int(bound.bitPattern) + step))
                for x in [magnitude, -magnitude] {
                    let found = test.function(x)
                    let isRight =
                        test.range.contains(x)
                        ? ulpError(found, test.reference(Double(x))) <= test.bound
                        : found.isNaN == test.reference(Double(x)).isNaN
                    #expect(isRight, "\(x.bitPattern): \(found)")
                }
            }
        }
        #expect(!FloatMath.siluDerivative(-88.72284).isNaN)
    }

    @Test(arguments: FloatCase.elementary)
    func keepsSpecialValues(_ test: FloatCase) {
        let values: [Float] = [0, -0.0, .infinity, -.infinity, .nan, 1, -1, .greatestFiniteMagnitude]
        for x in values {
            let (got, want) = (test.function(x), test.reference(Double(x)))
            #expect(ulpError(got, want) <= test.bound, "\(x): \(got), not \(want)")
            if Float(want) == 0 { #expect(got.sign == want.sign, "\(x): the sign of zero") }
        }
    }

    @Test func activationsReachTheirLimits() {
        for f in FloatCase.activations.map(\.function) {
            #expect(f(.nan).isNaN)
        }
        #expect(FloatMath.sigmoid(.infinity) == 1)
        #expect(FloatMath.sigmoid(-.infinity) == 0)
        for f in [FloatMath.silu, FloatMath.geluExact, FloatMath.geluTanh] {
            // Kernels flush what is less than a normal number to zero.
            #expect(f(-.infinity).magnitude < 2 * .leastNormalMagnitude)
            #expect(f(-1e30).magnitude < 2 * .leastNormalMagnitude)
            #expect(f(.infinity) == .infinity)
            #expect(f(0) == 0)
        }
        let derivatives = [
            FloatMath.siluDerivative, FloatMath.geluExactDerivative, FloatMath.geluTanhDerivative,
        ]
        for f in derivatives {
            #expect(f(-.infinity).magnitude < 2 * .leastNormalMagnitude)
            #expect(f(.infinity) == 1)
            #expect(f(0) == 0.5)
        }
        #expect(FloatMath.softplus(-.infinity, beta: 1, threshold: 20) == 0)
        #expect(FloatMath.softplus(.infinity, beta: 1, threshold: 20) == .infinity)
        #expect(FloatMath.softplusDerivative(0, beta: 3, threshold: 20) == 0.5)
    }

    @Test func derivativesAreTheSlopes() {
        for x in stride(from: -8.0, through: 8.0, by: 0.0625) {
            let h = 1e-4
            func slope(_ f: (Double) -> Double) -> Double { (f(x + h) - f(x - h)) / (2 * h) }
            let pairs: [(Float, Double)] = [
                (FloatMath.siluDerivative(Float(x)), slope { DoubleMath.silu($0) }),
                (FloatMath.geluExactDerivative(Float(x)), slope { DoubleMath.geluExact($0) }),
                (FloatMath.geluTanhDerivative(Float(x)), slope { DoubleMath.geluTanh($0) }),
                (
                    FloatMath.softplusDerivative(Float(x), beta: 2, threshold: 30),
                    slope { DoubleMath.softplus($0, beta: 2, threshold: 30) }
                ),
            ]
            for (got, want) in pairs { #expect((Double(got) - want).magnitude < 1e-6, "at \(x)") }
        }
    }

    @Test func powerHasTheSpecialCasesOfC() {
        let values: [Float] = [
            0, -0.0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, -2.5, .infinity, -.infinity, .nan, 1e38, -1e38,
            16_777_216, 8_388_609,
        ]
        for x in values {
            for y in values {
                let (got, want) = (FloatMath.pow(x, y), Glibc.pow(Double(x), Double(y)))
                #expect(ulpError(got, want) <= 1, "\(x) to the \(y): \(got), not \(want)")
                if Float(want) == 0 { #expect(got.sign == want.sign, "\(x) to the \(y)") }
                let (angle, wanted) = (FloatMath.atan2(x, y), Glibc.atan2(Double(x), Double(y)))
                #expect(ulpError(angle, wanted) <= 3, "atan2(\(x), \(y)): \(angle), not \(wanted)")
                if Float(wanted) == 0 { #expect(angle.sign == wanted.sign, "atan2(\(x), \(y))") }
            }
        }
    }

    /// A block with one huge argument goes to the C library; the blocks beside it do not.
    @Test func arraysOfAnglesMayHoldHugeOnes() {
        var x = (0..<1000).map { Float($0) * 0.37 - 100 }
        x[400] = 1e30
        x[999] = .infinity
        let functions:
            [((UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void, (Double) -> Double)] = [
                (FloatMath.sin, Glibc.sin), (FloatMath.cos, Glibc.cos), (FloatMath.tan, Glibc.tan),
            ]
        for (function, reference) in functions {
            var y = [Float](repeating: 0, count: x.count)
            function(x, &y, x.count)
            for i in x.indices { #expect(ulpError(y[i], reference(Double(x[i]))) <= 3, "\(x[i])") }
        }
    }
}
