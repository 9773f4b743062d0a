import ApusCore

/// The types that row kernels such as softmax compute in.
@usableFromInline package protocol RowElement: KernelElement, BinaryFloatingPoint {
    static func exponential(_ x: Self) -> Self
    static func logarithm(_ x: Self) -> Self
    /// x·σ(x) and its derivative.
    static func silu(_ x: Self) -> Self
    static func siluDerivative(_ x: Self) -> Self
    /// log(1 + x), as precise for small x.
    static func logarithmOf1Plus(_ x: Self) -> Self
    /// `a` where the condition holds, else `b`, without a branch.
    static func select(_ condition: Bool, _ a: Self, _ b: Self) -> Self
    /// The sums of squares that have neither overflowed nor lost digits to underflow.
    static var squares: ClosedRange<Self> { get }
}

extension Float: RowElement {
    @inlinable @inline(__always) package static func exponential(_ x: Float) -> Float { FloatMath.exp(x) }
    @inlinable @inline(__always) package static func logarithm(_ x: Float) -> Float { FloatMath.log(x) }
    @inlinable @inline(__always)
    package static func logarithmOf1Plus(_ x: Float) -> Float { FloatMath.log1p(x) }
    @inlinable @inline(__always) package static func silu(_ x: Float) -> Float { FloatMath.silu(x) }
    @inlinable @inline(__always)
    package static func siluDerivative(_ x: Float) -> Float { FloatMath.siluDerivative(x) }
    @inlinable package static var squares: ClosedRange<Float> { 1e-30...1e34 }
    @inlinable @inline(__always)
    package static func select(_ condition: Bool, _ a: Float, _ b: Float) -> Float {
        FloatMath.select(condition, a, b)
    }
}

extension Double: RowElement {
    @inlinable @inline(__always) package static func exponential(_ x: Double) -> Double { DoubleMath.exp(x) }
    @inlinable @inline(__always) package static func logarithm(_ x: Double) -> Double { DoubleMath.log(x) }
    @inlinable @inline(__always)
    package static func logarithmOf1Plus(_ x: Double) -> Double { DoubleMath.log1p(x) }
    @inlinable @inline(__always) package static func silu(_ x: Double) -> Double { DoubleMath.silu(x) }
    @inlinable @inline(__always)
    package static func siluDerivative(_ x: Double) -> Double { DoubleMath.siluDerivative(x) }
    @inlinable package static var squares: ClosedRange<Double> { 1e-280...1e290 }
    @inlinable @inline(__always)
    package static func select(_ condition: Bool, _ a: Double, _ b: Double) -> Double {
        DoubleMath.select(condition, a, b)
    }
}

/// Calls the kernel for the type in which elements of `dtype`, float32 or float64, are computed.
@inlinable @inline(__always)
package func withRowType(_ dtype: DType, _ float: (Float.Type) -> Void, _ double: (Double.Type) -> Void) {
    switch dtype {
    case .float32: float(Float.self)
    case .float64: double(Double.self)
    default: fail("Kernels", "\(dtype) elements for a kernel of float32 and float64")
    }
}
