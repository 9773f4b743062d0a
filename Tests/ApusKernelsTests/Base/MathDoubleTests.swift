import Glibc
import Testing

import ApusKernels

@Suite struct MathDoubleTests {
    private typealias Function = @Sendable (Double) -> Double

    private static let cases:
        [(name: String, range: ClosedRange<Double>, bound: Double, function: Function, reference: Function)] =
            [
                ("exp", -708...709.7, 2, { DoubleMath.exp($0) }, { Glibc.exp($0) }),
                ("expm1", -50...709.7, 3, { DoubleMath.expm1($0) }, { Glibc.expm1($0) }),
                ("log", 1e-300...1e300, 2, { DoubleMath.log($0) }, { Glibc.log($0) }),
                ("log near 1", 0.5...2, 2, { DoubleMath.log($0) }, { Glibc.log($0) }),
                ("log1p", -0.99...1e10, 3, { DoubleMath.log1p($0) }, { Glibc.log1p($0) }),
                ("tanh", -25...25, 4, { DoubleMath.tanh($0) }, { Glibc.tanh($0) }),
                ("sin", -1e6...1e6, 2, { DoubleMath.sinCosInRange($0).sin }, { Glibc.sin($0) }),
                ("cos", -1e6...1e6, 2, { DoubleMath.sinCosInRange($0).cos }, { Glibc.cos($0) }),
                ("sigmoid", -700...700, 4, { DoubleMath.sigmoid($0) }, { 1 / (1 + Glibc.exp(-$0)) }),
            ]

    @Test func staysWithinTheBound() {
        for (name, range, bound, function, reference) in Self.cases {
            var worst = (error: 0.0, at: Double.nan)
            let width = range.upperBound - range.lowerBound
            for i in 0...40_000 {
                // Evenly over the range, and crowded towards zero.
                let even = range.lowerBound + width * Double(i) / 40_000
                for x in [even, even * Glibc.exp2(-Double(i % 60))] where range.contains(x) {
                    let error = ulpError(function(x), reference(x))
                    if error > worst.error { worst = (error, x) }
                }
            }
            #expect(worst.error <= bound, "\(name): \(worst.error) ulp at \(worst.at)")
        }
    }

    @Test func keepsSpecialValues() {
        let functions: [(String, (Double) -> Double, (Double) -> Double)] = [
            ("exp", { DoubleMath.exp($0) }, { Glibc.exp($0) }),
            ("expm1", { DoubleMath.expm1($0) }, { Glibc.expm1($0) }),
            ("log", { DoubleMath.log($0) }, { Glibc.log($0) }),
            ("log1p", { DoubleMath.log1p($0) }, { Glibc.log1p($0) }),
            ("tanh", { DoubleMath.tanh($0) }, { Glibc.tanh($0) }),
        ]
        let values: [Double] = [
            0, -0.0, 1, -1, .infinity, -.infinity, .nan, .greatestFiniteMagnitude, 710, -745,
        ]
        for (name, function, reference) in functions {
            for x in values {
                let (got, want) = (function(x), reference(x))
                #expect(ulpError(got, want) <= 2, "\(name)(\(x)) is \(got), not \(want)")
                if want == 0 { #expect(got.sign == want.sign, "\(name)(\(x)): the sign of zero") }
            }
        }
        #expect(DoubleMath.silu(-.infinity) == 0)
        #expect(DoubleMath.geluExact(-.infinity) == 0)
        #expect(DoubleMath.geluTanh(-.infinity) == 0)
        #expect(DoubleMath.geluExactDerivative(.infinity) == 1)
    }

    @Test func arraysOfAnglesMayHoldHugeOnes() {
        var x = (0..<1000).map { Double($0) * 0.37 - 100 }
        x[400] = 1e300
        x[999] = .infinity
        var (sines, cosines) = (x, x)
        DoubleMath.sin(x, &sines, x.count)
        DoubleMath.cos(x, &cosines, x.count)
        for i in x.indices {
            #expect(ulpError(sines[i], Glibc.sin(x[i])) <= 2)
            #expect(ulpError(cosines[i], Glibc.cos(x[i])) <= 2)
        }
    }
}
