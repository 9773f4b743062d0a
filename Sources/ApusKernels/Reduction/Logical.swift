import ApusCore

extension Kernels {
    public static let any = ReductionKernel(
        "any",
        fold(from: false) { (x: Bool) in
            x
        } _: {
            $0 || $1
        })
    public static let all = ReductionKernel(
        "all",
        fold(from: true) { (x: Bool) in
            x
        } _: {
            $0 && $1
        })
}
