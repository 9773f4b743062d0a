import Glibc

extension DoubleMath {
    /// sin x.
    @inline(__always)
    static func sin(_ x: Double) -> Double { Glibc.sin(x) }

    /// cos x.
    @inline(__always)
    static func cos(_ x: Double) -> Double { Glibc.cos(x) }

    /// tan x.
    @inline(__always)
    static func tan(_ x: Double) -> Double { Glibc.tan(x) }

    /// asin x; NaN outside [-1, 1].
    @inline(__always)
    static func asin(_ x: Double) -> Double { Glibc.asin(x) }

    /// acos x; NaN outside [-1, 1].
    @inline(__always)
    static func acos(_ x: Double) -> Double { Glibc.acos(x) }

    /// atan x.
    @inline(__always)
    static func atan(_ x: Double) -> Double { Glibc.atan(x) }

    /// The angle of the point (x, y), in [-π, π].
    @inline(__always)
    static func atan2(_ y: Double, _ x: Double) -> Double { Glibc.atan2(y, x) }

    /// sin of `count` elements; `output` may be `input`.
    static func sin(_ input: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>, _ count: Int) {
        for i in 0..<count { output[i] = Glibc.sin(input[i]) }
    }

    /// cos of `count` elements; `output` may be `input`.
    static func cos(_ input: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>, _ count: Int) {
        for i in 0..<count { output[i] = Glibc.cos(input[i]) }
    }

    /// tan of `count` elements; `output` may be `input`.
    static func tan(_ input: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>, _ count: Int) {
        for i in 0..<count { output[i] = Glibc.tan(input[i]) }
    }
}
