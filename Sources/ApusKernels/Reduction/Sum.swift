import ApusCore

extension Kernels {
    /// Sums; of floats, means as well.
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
        } dividing: {
            $0 / Float($1)
        },
        fold(from: 0) { (x: Double) in
            x
        } _: {
            $0 + $1
        } dividing: {
            $0 / Double($1)
        },
        fold(from: ComplexFloat(0, 0)) { (x: ComplexFloat) in
            x
        } _: {
            ComplexFloat($0.re + $1.re, $0.im + $1.im)
        } dividing: {
            ComplexFloat($0.re / Float($1), $0.im / Float($1))
        },
        fold(from: ComplexDouble(0, 0)) { (x: ComplexDouble) in
            x
        } _: {
            ComplexDouble($0.re + $1.re, $0.im + $1.im)
        } dividing: {
            ComplexDouble($0.re / Double($1), $0.im / Double($1))
        })
}
