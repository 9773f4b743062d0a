import ApusKernelBase
import ApusCore

extension Kernels {
    /// The largest element; NaN wins.
    package static let max = ReductionKernel(
        "max", fold(AnyFold.self), fold(MaxFold<UInt8>.self), fold(MaxFold<Int32>.self),
        fold(MaxFold<Int64>.self), fold(MaxFold<Float>.self), fold(MaxFold<Double>.self))

    /// The smallest element; NaN wins.
    package static let min = ReductionKernel(
        "min", fold(AllFold.self), fold(MinFold<UInt8>.self), fold(MinFold<Int32>.self),
        fold(MinFold<Int64>.self), fold(MinFold<Float>.self), fold(MinFold<Double>.self))
}

private enum MaxFold<T: OrderedElement>: Fold {
    static var initial: T { T.lowest }
    @inline(__always) static func join(_ a: T, _ b: T) -> T { T.extreme(a, b, largest: true) }
}

private enum MinFold<T: OrderedElement>: Fold {
    static var initial: T { T.highest }
    @inline(__always) static func join(_ a: T, _ b: T) -> T { T.extreme(a, b, largest: false) }
}
