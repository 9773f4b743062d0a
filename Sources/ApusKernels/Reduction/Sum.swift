import ApusCore

extension Kernels {
    /// Sums; of floats, means as well.
    public static let sum = ReductionKernel(
        "sum", fold(SumFold<Int64>.self), fold(SumFold<Float>.self), fold(SumFold<Double>.self),
        fold(SumFold<ComplexFloat>.self), fold(SumFold<ComplexDouble>.self))

    public static let product = ReductionKernel(
        "prod", fold(ProductFold<Int64>.self), fold(ProductFold<Float>.self), fold(ProductFold<Double>.self),
        fold(ProductFold<ComplexFloat>.self), fold(ProductFold<ComplexDouble>.self))
}

/// The types that sums and products are computed in.
protocol SumElement: KernelElement {
    static func sum(_ a: Self, _ b: Self) -> Self
    static func product(_ a: Self, _ b: Self) -> Self
    static func quotient(_ a: Self, _ n: Int) -> Self
    static var nothing: Self { get }
    static var one: Self { get }
}

private enum SumFold<T: SumElement>: Fold {
    static var initial: T { T.nothing }
    @inline(__always) static func join(_ a: T, _ b: T) -> T { T.sum(a, b) }
    static var divides: Bool { T.dtype.isDifferentiable }
    @inline(__always) static func divide(_ result: T, _ count: Int) -> T { T.quotient(result, count) }
}

private enum ProductFold<T: SumElement>: Fold {
    static var initial: T { T.one }
    @inline(__always) static func join(_ a: T, _ b: T) -> T { T.product(a, b) }
}

extension Int64: SumElement {
    @inline(__always) static func sum(_ a: Self, _ b: Self) -> Self { a &+ b }
    @inline(__always) static func product(_ a: Self, _ b: Self) -> Self { a &* b }
    static func quotient(_ a: Self, _ n: Int) -> Self { a / Int64(n) }
    static var nothing: Self { 0 }
    static var one: Self { 1 }
}

extension Float: SumElement {
    @inline(__always) static func sum(_ a: Self, _ b: Self) -> Self { a + b }
    @inline(__always) static func product(_ a: Self, _ b: Self) -> Self { a * b }
    static func quotient(_ a: Self, _ n: Int) -> Self { a / Float(n) }
    static var nothing: Self { 0 }
    static var one: Self { 1 }
}

extension Double: SumElement {
    @inline(__always) static func sum(_ a: Self, _ b: Self) -> Self { a + b }
    @inline(__always) static func product(_ a: Self, _ b: Self) -> Self { a * b }
    static func quotient(_ a: Self, _ n: Int) -> Self { a / Double(n) }
    static var nothing: Self { 0 }
    static var one: Self { 1 }
}

extension ComplexPair: SumElement {
    @inline(__always) static func sum(_ a: Self, _ b: Self) -> Self { Self(a.re + b.re, a.im + b.im) }
    @inline(__always) static func product(_ a: Self, _ b: Self) -> Self { a * b }
    static func quotient(_ a: Self, _ n: Int) -> Self { Self(a.re / T(n), a.im / T(n)) }
    static var nothing: Self { Self(0, 0) }
    static var one: Self { Self(1, 0) }
}
