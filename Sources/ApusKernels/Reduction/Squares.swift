import ApusCore

extension Kernels {
    /// The sum of the squared magnitudes, a real number.
    public static let squares = ReductionKernel(
        "norm",
        fold(from: Float(0)) { (x: Float) in
            x * x
        } _: {
            $0 + $1
        },
        fold(from: Double(0)) { (x: Double) in
            x * x
        } _: {
            $0 + $1
        },
        fold(from: Float(0)) { (x: ComplexFloat) in
            x.re * x.re + x.im * x.im
        } _: {
            $0 + $1
        },
        fold(from: Double(0)) { (x: ComplexDouble) in
            x.re * x.re + x.im * x.im
        } _: {
            $0 + $1
        })
}
