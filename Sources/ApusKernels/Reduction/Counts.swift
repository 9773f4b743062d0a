import ApusKernelBase
import ApusCore

extension Kernels {
    /// How many elements are not zero.
    package static let countNonzero = ReductionKernel(
        "countNonzero", fold(CountTrue.self), fold(CountFold<UInt8>.self), fold(CountFold<Int32>.self),
        fold(CountFold<Int64>.self), fold(CountFold<Float>.self), fold(CountFold<Double>.self),
        fold(CountComplex<Float>.self), fold(CountComplex<Double>.self))
}

private enum CountTrue: Fold {
    static var initial: Int64 { 0 }
    @inline(__always) static func convert(_ x: Bool) -> Int64 { x ? 1 : 0 }
    @inline(__always) static func join(_ a: Int64, _ b: Int64) -> Int64 { a &+ b }
}

private enum CountFold<T: OrderedElement>: Fold {
    static var initial: Int64 { 0 }
    @inline(__always) static func convert(_ x: T) -> Int64 { x != T.zero ? 1 : 0 }
    @inline(__always) static func join(_ a: Int64, _ b: Int64) -> Int64 { a &+ b }
}

private enum CountComplex<T: BinaryFloatingPoint & Sendable>: Fold {
    static var initial: Int64 { 0 }
    @inline(__always) static func convert(_ x: ComplexPair<T>) -> Int64 { x.re != 0 || x.im != 0 ? 1 : 0 }
    @inline(__always) static func join(_ a: Int64, _ b: Int64) -> Int64 { a &+ b }
}
