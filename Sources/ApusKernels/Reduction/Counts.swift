import ApusCore

extension Kernels {
    /// How many elements are not zero.
    public static let countNonzero = ReductionKernel(
        "countNonzero",
        fold(from: Int64(0)) { (x: Bool) in
            x ? 1 : 0
        } _: {
            $0 &+ $1
        },
        fold(from: Int64(0)) { (x: UInt8) in
            x != 0 ? 1 : 0
        } _: {
            $0 &+ $1
        },
        fold(from: Int64(0)) { (x: Int32) in
            x != 0 ? 1 : 0
        } _: {
            $0 &+ $1
        },
        fold(from: Int64(0)) { (x: Int64) in
            x != 0 ? 1 : 0
        } _: {
            $0 &+ $1
        },
        fold(from: Int64(0)) { (x: Float) in
            x != 0 ? 1 : 0
        } _: {
            $0 &+ $1
        },
        fold(from: Int64(0)) { (x: Double) in
            x != 0 ? 1 : 0
        } _: {
            $0 &+ $1
        },
        fold(from: Int64(0)) { (x: ComplexFloat) in
            x.re != 0 || x.im != 0 ? 1 : 0
        } _: {
            $0 &+ $1
        },
        fold(from: Int64(0)) { (x: ComplexDouble) in
            x.re != 0 || x.im != 0 ? 1 : 0
        } _: {
            $0 &+ $1
        })
}
