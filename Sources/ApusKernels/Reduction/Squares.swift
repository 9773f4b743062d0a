import ApusKernelBase
import ApusCore

extension Kernels {
    /// The sum of the squared magnitudes, a real number.
    package static let squares = ReductionKernel(
        "norm", fold(SquareFold<Float>.self), fold(SquareFold<Double>.self),
        fold(ComplexSquareFold<Float>.self), fold(ComplexSquareFold<Double>.self))
}

private enum SquareFold<T: SumElement & BinaryFloatingPoint>: Fold {
    static var initial: T { 0 }
    @inline(__always) static func convert(_ x: T) -> T { x * x }
    @inline(__always) static func join(_ a: T, _ b: T) -> T { a + b }
}

private enum ComplexSquareFold<T: BinaryFloatingPoint & KernelElement>: Fold {
    static var initial: T { 0 }
    @inline(__always) static func convert(_ x: ComplexPair<T>) -> T { x.re * x.re + x.im * x.im }
    @inline(__always) static func join(_ a: T, _ b: T) -> T { a + b }
}
