import Glibc
import Testing

@testable import ApusKernels

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
                #expect(error <= 1e-6 * max(want.abs(), 1e-30), "\(name)(\(z.re), \(z.im))")
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
                // π rounded to Float (`Float.pi` is rounded towards zero).
                let wanted = im == .pi ? Double(Float(Double.pi)) : im
                expect(name + " in Float", z, C64(Double(narrow.re), Double(narrow.im)), re, wanted)
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
