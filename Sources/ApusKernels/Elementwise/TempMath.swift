import Glibc
public struct ComplexPair<T: BinaryFloatingPoint & Sendable>: Sendable {
    public var re: T
    public var im: T
    init(_ re: T, _ im: T) { self.re = re; self.im = im }
    static func + (a: Self, b: Self) -> Self { Self(a.re + b.re, a.im + b.im) }
    static func - (a: Self, b: Self) -> Self { Self(a.re - b.re, a.im - b.im) }
    static func * (a: Self, b: Self) -> Self { Self(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re) }
    func exp() -> Self { self }
}
enum FloatMath { static func exp(_ x: Float) -> Float { Glibc.expf(x) } }
enum DoubleMath { static func exp(_ x: Double) -> Double { Glibc.exp(x) } }
