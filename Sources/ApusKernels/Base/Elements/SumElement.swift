/// The types that sums and products are computed in.
@usableFromInline package protocol SumElement: KernelElement {
    static func sum(_ a: Self, _ b: Self) -> Self
    static func product(_ a: Self, _ b: Self) -> Self
    static func quotient(_ a: Self, _ n: Int) -> Self
    static var nothing: Self { get }
    static var one: Self { get }
}

extension Int64: SumElement {
    @inlinable @inline(__always) package static func sum(_ a: Self, _ b: Self) -> Self { a &+ b }
    @inlinable @inline(__always) package static func product(_ a: Self, _ b: Self) -> Self { a &* b }
    @inlinable package static func quotient(_ a: Self, _ n: Int) -> Self { a / Int64(n) }
    @inlinable package static var nothing: Self { 0 }
    @inlinable package static var one: Self { 1 }
}

extension Float: SumElement {
    @inlinable @inline(__always) package static func sum(_ a: Self, _ b: Self) -> Self { a + b }
    @inlinable @inline(__always) package static func product(_ a: Self, _ b: Self) -> Self { a * b }
    @inlinable package static func quotient(_ a: Self, _ n: Int) -> Self { a / Float(n) }
    @inlinable package static var nothing: Self { 0 }
    @inlinable package static var one: Self { 1 }
}

extension Double: SumElement {
    @inlinable @inline(__always) package static func sum(_ a: Self, _ b: Self) -> Self { a + b }
    @inlinable @inline(__always) package static func product(_ a: Self, _ b: Self) -> Self { a * b }
    @inlinable package static func quotient(_ a: Self, _ n: Int) -> Self { a / Double(n) }
    @inlinable package static var nothing: Self { 0 }
    @inlinable package static var one: Self { 1 }
}

extension ComplexPair: SumElement {
    @inlinable @inline(__always) package static func sum(_ a: Self, _ b: Self) -> Self {
        Self(a.re + b.re, a.im + b.im)
    }
    @inlinable @inline(__always) package static func product(_ a: Self, _ b: Self) -> Self { a * b }
    @inlinable package static func quotient(_ a: Self, _ n: Int) -> Self { Self(a.re / T(n), a.im / T(n)) }
    @inlinable package static var nothing: Self { Self(0, 0) }
    @inlinable package static var one: Self { Self(1, 0) }
}
