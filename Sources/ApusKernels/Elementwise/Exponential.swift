import ApusKernelBase
import ApusCore

extension Kernels {
    package static let exp = UnaryKernel(
        "exp",
        map { (x: Float) in FloatMath.exp(x) },
        map { (x: Double) in DoubleMath.exp(x) },
        map { (x: ComplexFloat) in x.exp() },
        map { (x: ComplexDouble) in x.exp() })

    package static let exp2 = UnaryKernel(
        "exp2",
        map { (x: Float) in FloatMath.exp2(x) },
        map { (x: Double) in DoubleMath.exp2(x) },
        map { (x: ComplexFloat) in x.exp2() },
        map { (x: ComplexDouble) in x.exp2() })

    package static let expm1 = UnaryKernel(
        "expm1",
        map { (x: Float) in FloatMath.expm1(x) },
        map { (x: Double) in DoubleMath.expm1(x) },
        map { (x: ComplexFloat) in x.expm1() },
        map { (x: ComplexDouble) in x.expm1() })

    package static let log = UnaryKernel(
        "log",
        map { (x: Float) in FloatMath.log(x) },
        map { (x: Double) in DoubleMath.log(x) },
        map { (x: ComplexFloat) in x.log() },
        map { (x: ComplexDouble) in x.log() })

    package static let log2 = UnaryKernel(
        "log2",
        map { (x: Float) in FloatMath.log2(x) },
        map { (x: Double) in DoubleMath.log2(x) },
        map { (x: ComplexFloat) in x.log2() },
        map { (x: ComplexDouble) in x.log2() })

    package static let log10 = UnaryKernel(
        "log10",
        map { (x: Float) in FloatMath.log10(x) },
        map { (x: Double) in DoubleMath.log10(x) },
        map { (x: ComplexFloat) in x.log10() },
        map { (x: ComplexDouble) in x.log10() })

    package static let log1p = UnaryKernel(
        "log1p",
        map { (x: Float) in FloatMath.log1p(x) },
        map { (x: Double) in DoubleMath.log1p(x) },
        map { (x: ComplexFloat) in x.log1p() },
        map { (x: ComplexDouble) in x.log1p() })

    package static let erf = UnaryKernel(
        "erf",
        map { (x: Float) in FloatMath.erf(x) },
        map { (x: Double) in DoubleMath.erf(x) })
}
