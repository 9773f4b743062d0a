import ApusKernelBase
import ApusCore

extension Kernels {
    /// Sums; of floats, means as well.
    package static let sum = ReductionKernel(
        "sum", fold(SumFold<Int64>.self), fold(SumFold<Float>.self), fold(SumFold<Double>.self),
        fold(SumFold<ComplexFloat>.self), fold(SumFold<ComplexDouble>.self))

    package static let product = ReductionKernel(
        "prod", fold(ProductFold<Int64>.self), fold(ProductFold<Float>.self), fold(ProductFold<Double>.self),
        fold(ProductFold<ComplexFloat>.self), fold(ProductFold<ComplexDouble>.self))
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
