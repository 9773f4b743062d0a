import ApusCore

extension Kernels {
    public static let exp = UnaryKernel(
        "exp",
        map { (x: Float) in FloatMath.exp(x) },
        map { (x: Double) in DoubleMath.exp(x) },
        map { (x: ComplexFloat) in x.exp() },
        map { (x: ComplexDouble) in x.exp() })
}
