import ApusKernelBase
import ApusCore

extension Kernels {
    public static let any = ReductionKernel("any", fold(AnyFold.self))
    public static let all = ReductionKernel("all", fold(AllFold.self))
}

enum AnyFold: Fold {
    static var initial: Bool { false }
    @inline(__always) static func join(_ a: Bool, _ b: Bool) -> Bool { a || b }
}

enum AllFold: Fold {
    static var initial: Bool { true }
    @inline(__always) static func join(_ a: Bool, _ b: Bool) -> Bool { a && b }
}
