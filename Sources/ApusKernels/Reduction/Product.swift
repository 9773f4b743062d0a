import ApusCore

extension Kernels {
    public static let product = ReductionKernel(
        "prod",
        fold(from: 1) { (x: Int64) in
            x
        } _: {
            $0 &* $1
        },
        fold(from: 1) { (x: Float) in
            x
        } _: {
            $0 * $1
        },
        fold(from: 1) { (x: Double) in
            x
        } _: {
            $0 * $1
        },
        fold(from: ComplexFloat(1, 0)) { (x: ComplexFloat) in
            x
        } _: {
            $0 * $1
        },
        fold(from: ComplexDouble(1, 0)) { (x: ComplexDouble) in
            x
        } _: {
            $0 * $1
        })
}
