import Glibc
import Testing

@testable import ApusElementwiseKernels
import ApusKernels

private typealias C32 = ComplexPair<Float>
private typealias C64 = ComplexPair<Double>

@Suite struct MathComplexTests {
    private static let functions:
        [(name: String, single: @Sendable (C32) -> C32, double: @Sendable (C64) -> C64)] = [
            ("exp", { $0.exp() }, { $0.exp() }), ("log", { $0.log() }, { $0.log() }),
            ("sqrt", { $0.sqrt() }, { $0.sqrt() }), ("sinh", { $0.sinh() }, { $0.sinh() }),
            ("cosh", { $0.cosh() }, { $0.cosh() }), ("tanh", { $0.tanh() }, { $0.tanh() }),
            ("sin", { $0.sin() }, { $0.sin() }), ("cos", { $0.cos() }, { $0.cos() }),
            ("tan", { $0.tan() }, { $0.tan() }), ("sigmoid", { $0.sigmoid() }, { $0.sigmoid() }),
            ("reciprocal", { $0.reciprocal() }, { $0.reciprocal() }),
            ("asin", { $0.asin() }, { $0.asin() }), ("acos", { $0.acos() }, { $0.acos() }),
            ("atan", { $0.atan() }, { $0.atan() }), ("asinh", { $0.asinh() }, { $0.asinh() }),
            ("acosh", { $0.acosh() }, { $0.acosh() }), ("atanh", { $0.atanh() }, { $0.atanh() }),
            ("exp2", { $0.exp2() }, { $0.exp2() }), ("expm1", { $0.expm1() }, { $0.expm1() }),
            ("log2", { $0.log2() }, { $0.log2() }), ("log10", { $0.log10() }, { $0.log10() }),
            ("log1p", { $0.log1p() }, { $0.log1p() }),
        ]

    private static let points: [C64] = {
        let parts: [Double] = [-20, -3.7, -1, -0.5, -0.01, 0, 0.01, 0.6, 1, 2.9, 12, 40]
        return parts.flatMap { re in parts.map { C64(re, $0) } }.filter { $0.re != 0 || $0.im != 0 }
    }()

    private func distance(_ a: C64, _ b: C64) -> Double { Glibc.hypot(a.re - b.re, a.im - b.im) }

    @Test func layoutIsTwoAdjacentReals() {
        #expect(MemoryLayout<C32>.size == 8 && MemoryLayout<C32>.stride == 8)
        #expect(MemoryLayout<C64>.size == 16 && MemoryLayout<C64>.stride == 16)
        let parts: [Float] = [1, 2, 3, 4]
        parts.withUnsafeBytes { bytes in
            let second = bytes.load(fromByteOffset: 8, as: C32.self)
            #expect(second.re == 3 && second.im == 4)
        }
    }

    /// The two precisions compute by different routes: their difference is the error of the narrower one.
    @Test func precisionsAgree() {
        for (name, single, double) in Self.functions {
            for z in Self.points {
                let narrow = C32(Float(z.re), Float(z.im))
                let got = single(narrow)
                let want = double(C64(Double(narrow.re), Double(narrow.im)))
                let error = distance(C64(Double(got.re), Double(got.im)), want)
                let isSame = Double(got.re) == want.re && Double(got.im) == want.im
                #expect(isSame || error <= 1e-6 * max(want.abs(), 1e-30), "\(name)(\(z.re), \(z.im))")
            }
        }
    }

    @Test func identitiesHold() {
        for z in Self.points {
            func expectEqual(_ a: C64, _ b: C64, _ what: String) {
                #expect(distance(a, b) <= 1e-13 * max(b.abs(), a.abs()), "\(what) at (\(z.re), \(z.im))")
            }
            let root = z.sqrt()
            expectEqual(root * root, z, "sqrt² = z")
            #expect(root.re >= 0)
            expectEqual(z.log().exp(), z, "exp(log z) = z")
            expectEqual(z.exp() * (-z).exp(), C64(1, 0), "exp(z)·exp(-z) = 1")
            let (e, f) = (z.exp(), (-z).exp())
            if z.re.magnitude > 0.5 || z.im.magnitude > 0.5 {
                expectEqual(z.sinh() * 2, e - f, "2 sinh = exp(z) - exp(-z)")
            }
            expectEqual(z.cosh() * 2, e + f, "2 cosh = exp(z) + exp(-z)")
            if z.re.magnitude < 15 { expectEqual(z.tanh() * z.cosh(), z.sinh(), "tanh·cosh = sinh") }
            if z.im.magnitude < 15 { expectEqual(z.tan() * z.cos(), z.sin(), "tan·cos = sin") }
            expectEqual(z.sigmoid() * (C64(1, 0) + f), C64(1, 0), "sigmoid·(1 + exp(-z)) = 1")
            expectEqual(z * z.reciprocal(), C64(1, 0), "z/z = 1")
            expectEqual((z / C64(3, -4)) * C64(3, -4), z, "(z/w)·w = z")
            expectEqual(z.pow(C64(3, 0)), z * z * z, "z³")
            expectEqual(z.pow(C64(0.5, 0)), root, "z^½ = sqrt z")
            expectEqual(z.asin().sin(), z, "sin(asin z) = z")
            expectEqual(z.acos().cos(), z, "cos(acos z) = z")
            expectEqual(z.asinh().sinh(), z, "sinh(asinh z) = z")
            expectEqual(z.acosh().cosh(), z, "cosh(acosh z) = z")
            if z.abs() < 3, distance(z, C64(0, 1)) > 0, distance(z, C64(0, -1)) > 0 {
                expectEqual(z.atan().tan(), z, "tan(atan z) = z")
            }
            if z.abs() < 3, z.im != 0 || z.re.magnitude != 1 {
                expectEqual(z.atanh().tanh(), z, "tanh(atanh z) = z")
            }
            expectEqual(z.exp2().log2().exp2(), z.exp2(), "exp2(log2(exp2 z)) = exp2 z")
            expectEqual(z.log10() * 2.302585092994046, z.log(), "log10 z · log 10 = log z")
            #expect(distance(z.expm1(), e - C64(1, 0)) <= 1e-13 * max(1, e.abs()), "expm1 z = exp z - 1")
            expectEqual((z + C64(-1, 0)).log1p(), (z + C64(-1, 0) + C64(1, 0)).log(), "log1p(z - 1) = log z")
            let w = C64(0.3, -0.7)
            expectEqual(z.pow(w), (w * z.log()).exp(), "z^w = exp(w·log z)")
            let product = z * z.conjugate()
            #expect(product.im == 0)
            #expect(ulpError(z.abs() * z.abs(), product.re) < 4)
            #expect(z.angle() == Glibc.atan2(z.im, z.re))
        }
    }

    @Test func lossesAreAvoided() {
        // The logarithm beside the unit circle, where |z|² - 1 cancels.
        let z = C64(0.6, 0.8 + 1e-9)
        #expect((z.log().re - 0.5 * Glibc.log1p(2 * 0.8e-9 + 1e-18)).magnitude < 1e-16)
        // Quotients and roots whose squares leave the range.
        let big = C64(1e300, 1e300)
        #expect(distance(big / big, C64(1, 0)) < 1e-15)
        #expect(distance(C64(1e-300, 1e-300) / C64(1e-300, 1e-300), C64(1, 0)) < 1e-15)
        #expect(ulpError(C64(1e308, 1e308).sqrt().re, 1.0986841134678098e154) < 2)
        let narrow = C32(1e30, 1e30) / C32(1e30, 1e30)
        #expect(narrow.re == 1 && narrow.im == 0)
        #expect(C32(3e38, 1e38).abs().isFinite)
        // An exponential that overflows only before it meets its small cosine.
        let e = C64(710, 1.5707963267948966).exp()
        #expect(e.re.isFinite && e.im == .infinity)
        #expect(C32(-200, 1).sigmoid().abs() == 0)
        #expect(C32(200, 1).sigmoid().re == 1)
        // What 1 would swallow, and |1 + z|² - 1 = 2x + x² + y² where the squares cancel 2x.
        #expect(distance(C64(1e-20, -3e-20).log1p(), C64(1e-20, -3e-20)) < 1e-35)
        #expect(distance(C64(1e-20, -3e-20).expm1(), C64(1e-20, -3e-20)) < 1e-35)
        #expect((C64(-0.5e-4, 1e-2).log1p().re - (1.25e-9 - 1.5625e-18)).magnitude < 1e-20)
        #expect(C64(3, 0).exp2().re == 8 && C64(1023, 0).exp2().re == 0x1p1023)
        // Quotients, logarithms and directions at the ends of the range.
        let largest = C64(1.7e308, -1.7e308)
        #expect(distance(largest / largest, C64(1, 0)) < 1e-15)
        #expect(ulpError(largest.log().re, 710.0734104835082) < 4)
        #expect(distance(largest.sign(), C64(1, -1) * 0.5.squareRoot()) < 1e-15)
        #expect(distance(C64(-.infinity, 5).sign(), C64(-1, 0)) == 0)
        #expect(distance(C64(3e-308, 4e-308).sign(), C64(0.6, 0.8)) < 1e-15)
        let direction = C32(3e38, 3e38).sign()
        #expect(direction.re == direction.im && (direction.re - Float(0.5).squareRoot()).magnitude < 1e-7)
    }

    /// Kahan's cuts: the functions are continuous from the side that the sign of a zero names.
    @Test func inverseFunctionsAreCutWhereTheyShould() {
        let wide = Glibc.log(2 + 3.0.squareRoot())
        for (sign, zero) in [(1.0, 0.0), (-1.0, -0.0)] {
            #expect(distance(C64(2, zero).asin(), C64(.pi / 2, sign * wide)) < 1e-15)
            #expect(distance(C64(-2, zero).asin(), C64(-.pi / 2, sign * wide)) < 1e-15)
            #expect(distance(C64(2, zero).acos(), C64(0, -sign * wide)) < 1e-15)
            #expect(distance(C64(zero, 2).asinh(), C64(sign * wide, .pi / 2)) < 1e-15)
            #expect(distance(C64(-2, zero).acosh(), C64(wide, sign * .pi)) < 1e-15)
            #expect(distance(C64(0.5, zero).acosh(), C64(0, sign * .pi / 3)) < 1e-15)
            #expect(distance(C64(2, zero).atanh(), C64(0.5 * Glibc.log(3.0), sign * .pi / 2)) < 1e-15)
            #expect(distance(C64(zero, 2).atan(), C64(sign * .pi / 2, 0.5 * Glibc.log(3.0))) < 1e-15)
        }
    }

    /// The table of C99, Annex G; signs it leaves open are not compared.
    @Test func specialValuesAreThoseOfC() {
        let inf = Double.infinity
        let nan = Double.nan
        func expect(_ name: String, _ z: C64, _ got: C64, _ re: Double, _ im: Double) {
            func same(_ a: Double, _ b: Double) -> Bool { a.isNaN && b.isNaN || a == b && a.sign == b.sign }
            #expect(
                same(got.re, re) && same(got.im, im),
                "\(name)(\(z.re), \(z.im)) is (\(got.re), \(got.im)), not (\(re), \(im))")
        }
        let table: [(String, (C64) -> C64, (C32) -> C32, [(Double, Double, Double, Double)])] = [
            (
                "exp", { $0.exp() }, { $0.exp() },
                [
                    (0, 0, 1, 0), (-0.0, -0.0, 1, -0.0), (1, inf, nan, nan), (1, nan, nan, nan),
                    (inf, 0, inf, 0),
                    (-inf, 1, 0, 0), (-inf, 2, -0.0, 0), (inf, 1, inf, inf), (inf, -2, -inf, -inf),
                    (-inf, inf, 0, 0), (inf, inf, inf, nan), (inf, nan, inf, nan), (nan, 0, nan, 0),
                    (nan, 1, nan, nan), (nan, nan, nan, nan),
                ]
            ),
            (
                "log", { $0.log() }, { $0.log() },
                [
                    (0, 0, -inf, 0), (-0.0, 0, -inf, .pi), (1, nan, nan, nan), (inf, 1, inf, 0),
                    (inf, nan, inf, nan),
                    (nan, inf, inf, nan), (nan, 1, nan, nan), (-inf, 1, inf, .pi), (1, 0, 0, 0),
                ]
            ),
            (
                "sqrt", { $0.sqrt() }, { $0.sqrt() },
                [
                    (0, 0, 0, 0), (-0.0, -0.0, 0, -0.0), (1, inf, inf, inf), (nan, inf, inf, inf),
                    (nan, -inf, inf, -inf), (1, nan, nan, nan), (-inf, 1, 0, inf), (inf, 1, inf, 0),
                    (inf, nan, inf, nan), (nan, 1, nan, nan), (-4, 0, 0, 2), (-4, -0.0, 0, -2),
                ]
            ),
            (
                "sinh", { $0.sinh() }, { $0.sinh() },
                [
                    (0, 0, 0, 0), (0, inf, 0, nan), (1, inf, nan, nan), (inf, 0, inf, 0), (inf, 1, inf, inf),
                    (inf, inf, inf, nan), (nan, 0, nan, 0), (nan, 1, nan, nan),
                ]
            ),
            (
                "cosh", { $0.cosh() }, { $0.cosh() },
                [
                    (0, 0, 1, 0), (0, inf, nan, 0), (1, inf, nan, nan), (inf, 0, inf, 0), (inf, 1, inf, inf),
                    (-inf, 1, inf, -inf), (inf, inf, inf, nan), (nan, 0, nan, 0), (nan, 1, nan, nan),
                ]
            ),
            (
                "tanh", { $0.tanh() }, { $0.tanh() },
                [
                    (0, 0, 0, 0), (1, inf, nan, nan), (inf, 1, 1, 0), (-inf, 1, -1, 0), (inf, inf, 1, 0),
                    (nan, 0, nan, 0), (nan, 1, nan, nan), (0, inf, 0, nan),
                ]
            ),
            (
                "acos", { $0.acos() }, { $0.acos() },
                [
                    (0, 0, .pi / 2, -0.0), (-0.0, 0, .pi / 2, -0.0), (0, nan, .pi / 2, nan),
                    (1, inf, .pi / 2, -inf), (-inf, 1, .pi, -inf), (inf, 1, 0, -inf),
                    (-inf, inf, 3 * .pi / 4, -inf), (inf, inf, .pi / 4, -inf), (nan, 1, nan, nan),
                ]
            ),
            (
                "asinh", { $0.asinh() }, { $0.asinh() },
                [
                    (0, 0, 0, 0), (-0.0, -0.0, -0.0, -0.0), (1, inf, inf, .pi / 2), (inf, 1, inf, 0),
                    (inf, inf, inf, .pi / 4), (inf, nan, inf, nan), (nan, 0, nan, 0), (nan, 1, nan, nan),
                ]
            ),
            (
                "asin", { $0.asin() }, { $0.asin() },
                [
                    (0, 0, 0, 0), (inf, 1, .pi / 2, inf), (1, inf, 0, inf), (inf, inf, .pi / 4, inf),
                    (nan, 1, nan, nan),
                ]
            ),
            (
                "acosh", { $0.acosh() }, { $0.acosh() },
                [
                    (0, 0, 0, .pi / 2), (1, inf, inf, .pi / 2), (-inf, 1, inf, .pi), (inf, 1, inf, 0),
                    (-inf, inf, inf, 3 * .pi / 4), (inf, inf, inf, .pi / 4), (inf, nan, inf, nan),
                    (1, 0, 0, 0), (1, -0.0, 0, -0.0),
                ]
            ),
            (
                "atanh", { $0.atanh() }, { $0.atanh() },
                [
                    (0, 0, 0, 0), (-0.0, 0, -0.0, 0), (1, 0, inf, 0), (1, inf, 0, .pi / 2),
                    (inf, 1, 0, .pi / 2), (inf, inf, 0, .pi / 2), (inf, nan, 0, nan), (0, nan, 0, nan),
                ]
            ),
            (
                "atan", { $0.atan() }, { $0.atan() },
                [(0, 0, 0, 0), (0, 1, 0, inf), (inf, 1, .pi / 2, 0), (1, inf, .pi / 2, 0)]
            ),
            (
                "expm1", { $0.expm1() }, { $0.expm1() },
                [
                    (0, 0, 0, 0), (-0.0, -0.0, -0.0, -0.0), (1, inf, nan, nan), (inf, 0, inf, 0),
                    (-inf, 1, -1, 0), (inf, 1, inf, inf), (nan, 0, nan, 0), (nan, nan, nan, nan),
                ]
            ),
            (
                "exp2", { $0.exp2() }, { $0.exp2() },
                [(0, 0, 1, 0), (3, -0.0, 8, -0.0), (inf, 0, inf, 0), (-inf, 1, 0, 0), (1, inf, nan, nan)]
            ),
            (
                "log1p", { $0.log1p() }, { $0.log1p() },
                [
                    (0, 0, 0, 0), (0, -0.0, 0, -0.0), (-1, 0, -inf, 0), (inf, 1, inf, 0), (1, nan, nan, nan),
                    (-inf, 1, inf, .pi), (nan, inf, inf, nan),
                ]
            ),
            (
                "sin", { $0.sin() }, { $0.sin() },
                [(0, inf, 0, inf), (inf, 0, nan, 0), (1, inf, inf, inf), (nan, nan, nan, nan)]
            ),
            (
                "reciprocal", { $0.reciprocal() }, { $0.reciprocal() },
                [(inf, 0, 0, 0), (nan, nan, nan, nan)]
            ),
        ]
        for (name, double, single, rows) in table {
            for (x, y, re, im) in rows {
                let z = C64(x, y)
                expect(name, z, double(z), re, im)
                let narrow = single(C32(Float(x), Float(y)))
                // π and its parts rounded to Float (`Float.pi` is rounded towards zero).
                let (a, b) = (Double(Float(re)), Double(Float(im)))
                expect(name + " in Float", z, C64(Double(narrow.re), Double(narrow.im)), a, b)
            }
        }
    }

    @Test func quotientsOfInfinitiesAndZeros() {
        func parts<T>(_ z: ComplexPair<T>) -> (Double, Double) { (Double(z.re), Double(z.im)) }
        let quotients = [
            (parts(C64(1, 2) / C64(.infinity, -.infinity)), parts(C32(1, 2) / C32(.infinity, -.infinity))),
            (parts(C64(1, 2) / C64(.nan, .infinity)), parts(C32(1, 2) / C32(.nan, .infinity))),
        ]
        for (wide, narrow) in quotients {
            #expect(wide.0 == 0 && wide.1 == 0)
            #expect(narrow.0 == 0 && narrow.1 == 0)
        }
        let byZero = (parts(C64(1, -2) / C64(0, 0)), parts(C32(1, -2) / C32(0, 0)))
        #expect(byZero.0 == (.infinity, -.infinity))
        #expect(byZero.1 == (.infinity, -.infinity))
        let infinite = (parts(C64(.infinity, .nan) / C64(2, 0)), parts(C32(.infinity, .nan) / C32(2, 0)))
        #expect(infinite.0.0 == .infinity)
        #expect(infinite.1.0 == .infinity)
        #expect((C64(0, 0) / C64(0, 0)).re.isNaN)
        #expect((C32(0, 0) / C32(0, 0)).re.isNaN)
    }

    @Test func powersOfZero() {
        #expect(C32(0, 0).pow(C32(0, 0)).re == 1)
        #expect(C32(0, 0).pow(C32(2, 1)).abs() == 0)
        #expect(C32(0, 0).pow(C32(-1, 0)).re == .infinity)
    }
}
