import ApusCore

extension Kernels {
    /// The largest element; NaN wins.
    public static let max = ReductionKernel(
        "max",
        fold(from: false) { (x: Bool) in
            x
        } _: {
            $0 || $1
        },
        fold(from: .min) { (x: UInt8) in
            x
        } _: {
            $1 > $0 ? $1 : $0
        },
        fold(from: .min) { (x: Int32) in
            x
        } _: {
            $1 > $0 ? $1 : $0
        },
        fold(from: .min) { (x: Int64) in
            x
        } _: {
            $1 > $0 ? $1 : $0
        },
        fold(from: -Float.infinity) { (x: Float) in
            x
        } _: {
            $1 > $0 || $1 != $1 ? $1 : $0
        },
        fold(from: -Double.infinity) { (x: Double) in
            x
        } _: {
            $1 > $0 || $1 != $1 ? $1 : $0
        })

    /// The smallest element; NaN wins.
    public static let min = ReductionKernel(
        "min",
        fold(from: true) { (x: Bool) in
            x
        } _: {
            $0 && $1
        },
        fold(from: .max) { (x: UInt8) in
            x
        } _: {
            $1 < $0 ? $1 : $0
        },
        fold(from: .max) { (x: Int32) in
            x
        } _: {
            $1 < $0 ? $1 : $0
        },
        fold(from: .max) { (x: Int64) in
            x
        } _: {
            $1 < $0 ? $1 : $0
        },
        fold(from: Float.infinity) { (x: Float) in
            x
        } _: {
            $1 < $0 || $1 != $1 ? $1 : $0
        },
        fold(from: Double.infinity) { (x: Double) in
            x
        } _: {
            $1 < $0 || $1 != $1 ? $1 : $0
        })
}
