import ApusKernelBase
import ApusCore

extension Kernels {
    package static let sinh = UnaryKernel(
        "sinh",
        map { (x: Float) in FloatMath.sinh(x) },
        map { (x: Double) in DoubleMath.sinh(x) },
        map { (x: ComplexFloat) in x.sinh() },
        map { (x: ComplexDouble) in x.sinh() })

    package static let cosh = UnaryKernel(
        "cosh",
        map { (x: Float) in FloatMath.cosh(x) },
        map { (x: Double) in DoubleMath.cosh(x) },
        map { (x: ComplexFloat) in x.cosh() },
        map { (x: ComplexDouble) in x.cosh() })

    package static let tanh = UnaryKernel(
        "tanh",
        map { (x: Float) in FloatMath.tanh(x) },
        map { (x: Double) in DoubleMath.tanh(x) },
        map { (x: ComplexFloat) in x.tanh() },
        map { (x: ComplexDouble) in x.tanh() })

    /// The gradient `a` of a hyperbolic tangent whose value is `b`.
    package static let tanhGradient = BinaryKernel(
        "tanhGradient",
        map { (a: Float, b: Float) in a * (1 - b * b) },
        map { (a: Double, b: Double) in a * (1 - b * b) },
        map { (a: ComplexFloat, b: ComplexFloat) in a * (ComplexFloat(1, 0) - b * b).conjugate() },
        map { (a: ComplexDouble, b: ComplexDouble) in a * (ComplexDouble(1, 0) - b * b).conjugate() })

    package static let asinh = UnaryKernel(
        "asinh",
        map { (x: Float) in FloatMath.asinh(x) },
        map { (x: Double) in DoubleMath.asinh(x) },
        map { (x: ComplexFloat) in x.asinh() },
        map { (x: ComplexDouble) in x.asinh() })

    package static let acosh = UnaryKernel(
        "acosh",
        map { (x: Float) in FloatMath.acosh(x) },
        map { (x: Double) in DoubleMath.acosh(x) },
        map { (x: ComplexFloat) in x.acosh() },
        map { (x: ComplexDouble) in x.acosh() })

    package static let atanh = UnaryKernel(
        "atanh",
        map { (x: Float) in FloatMath.atanh(x) },
        map { (x: Double) in DoubleMath.atanh(x) },
        map { (x: ComplexFloat) in x.atanh() },
        map { (x: ComplexDouble) in x.atanh() })

    package static let sigmoid = UnaryKernel(
        "sigmoid",
        map { (x: Float) in FloatMath.sigmoid(x) },
        map { (x: Double) in DoubleMath.sigmoid(x) },
        map { (x: ComplexFloat) in x.sigmoid() },
        map { (x: ComplexDouble) in x.sigmoid() })

    /// The gradient `a` of a sigmoid whose value is `b`.
    package static let sigmoidGradient = BinaryKernel(
        "sigmoidGradient",
        map { (a: Float, b: Float) in a * ((1 - b) * b) },
        map { (a: Double, b: Double) in a * ((1 - b) * b) },
        map { (a: ComplexFloat, b: ComplexFloat) in a * (b - b * b).conjugate() },
        map { (a: ComplexDouble, b: ComplexDouble) in a * (b - b * b).conjugate() })
}
