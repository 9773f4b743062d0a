import ApusCore

extension Kernels {
    public static let sum = ReductionKernel(
        "sum",
        fold(from: 0) { (x: Int64) in
            x
        } _: {
            $0 &+ $1
        },
        fold(from: 0) { (x: Float) in
            x
        } _: {
            $0 + $1
        },
        fold(from: 0) { (x: Double) in
            x
        } _: {
            $0 + $1
        },
        fold(from: ComplexFloat(0, 0)) { (x: ComplexFloat) in
            x
        } _: {
            $0 + $1
        },
        fold(from: ComplexDouble(0, 0)) { (x: ComplexDouble) in
            x
        } _: {
            $0 + $1
        })
}
