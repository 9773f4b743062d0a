import ApusKernelBase
import ApusCore

extension Kernels {
    package static let any = ReductionKernel("any", fold(AnyFold.self))
    package static let all = ReductionKernel("all", fold(AllFold.self))
}

enum AnyFold: Fold {
    static var initial: Bool { false }
    @inline(__always) static func join(_ a: Bool, _ b: Bool) -> Bool { a || b }
}

enum AllFold: Fold {
    static var initial: Bool { true }
    @inline(__always) static func join(_ a: Bool, _ b: Bool) -> Bool { a && b }
}
