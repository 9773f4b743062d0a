import ApusKernelBase
import ApusCore

extension Kernels {
    // Activations made of straight pieces. In gradients `a` is the gradient of the result and `b` the input.

    package static let relu = UnaryKernel(
        "relu",
        map { (x: UInt8) in x < 0 ? 0 : x },
        map { (x: Int32) in x < 0 ? 0 : x },
        map { (x: Int64) in x < 0 ? 0 : x },
        map { (x: Float) in x < 0 ? 0 : x },
        map { (x: Double) in x < 0 ? 0 : x })

    /// relu(a + b).
    package static let addReLU = BinaryKernel(
        "addReLU",
        map { (a: Float, b: Float) in a + b < 0 ? 0 : a + b },
        map { (a: Double, b: Double) in a + b < 0 ? 0 : a + b })

    /// `b` may be the result as well.
    package static let reluGradient = BinaryKernel(
        "reluGradient",
        map { (a: Float, b: Float) in b <= 0 ? 0 : a },
        map { (a: Double, b: Double) in b <= 0 ? 0 : a })

    package static let leakyReLU = BinaryKernel(
        "leakyReLU",
        map { (a: Float, b: Float) in a > 0 ? a : a * b },
        map { (a: Double, b: Double) in a > 0 ? a : a * b })

    package static let leakyReLUGradient = TernaryKernel(
        "leakyReLUGradient",
        map { (a: Float, b: Float, c: Float) in b > 0 ? a : a * c },
        map { (a: Double, b: Double, c: Double) in b > 0 ? a : a * c })

    /// Whether `a` lies between `b` and `c`, the ends excluded.
    package static let isInside = TernaryKernel(
        "isInside",
        map { (a: Float, b: Float, c: Float) in a > b && a < c },
        map { (a: Double, b: Double, c: Double) in a > b && a < c })

    package static let relu6 = UnaryKernel(
        "relu6",
        map { (x: Float) in x <= 0 ? 0 : x >= 6 ? 6 : x },
        map { (x: Double) in x <= 0 ? 0 : x >= 6 ? 6 : x })

    package static let hardsigmoid = UnaryKernel(
        "hardsigmoid",
        map { (x: Float) in x <= -3 ? 0 : x >= 3 ? 1 : x.isNaN ? x : (x + 3) / 6 },
        map { (x: Double) in x <= -3 ? 0 : x >= 3 ? 1 : x.isNaN ? x : (x + 3) / 6 })

    package static let hardsigmoidGradient = BinaryKernel(
        "hardsigmoidGradient",
        map { (a: Float, b: Float) in b > -3 && b < 3 ? a / 6 : 0 },
        map { (a: Double, b: Double) in b > -3 && b < 3 ? a / 6 : 0 })

    package static let hardswish = UnaryKernel(
        "hardswish",
        map { (x: Float) in x <= -3 ? 0 : x >= 3 ? x : x * (x + 3) / 6 },
        map { (x: Double) in x <= -3 ? 0 : x >= 3 ? x : x * (x + 3) / 6 })

    package static let hardswishGradient = BinaryKernel(
        "hardswishGradient",
        map { (a: Float, b: Float) in b <= -3 ? 0 : b >= 3 ? a : a * (b / 3 + 0.5) },
        map { (a: Double, b: Double) in b <= -3 ? 0 : b >= 3 ? a : a * (b / 3 + 0.5) })

    package static let softshrink = BinaryKernel(
        "softshrink",
        map { (a: Float, b: Float) in a > b ? a - b : a < -b ? a + b : a * 0 },
        map { (a: Double, b: Double) in a > b ? a - b : a < -b ? a + b : a * 0 })

    package static let hardshrink = BinaryKernel(
        "hardshrink",
        map { (a: Float, b: Float) in a >= -b && a <= b ? 0 : a },
        map { (a: Double, b: Double) in a >= -b && a <= b ? 0 : a })

    package static let shrinkGradient = TernaryKernel(
        "shrinkGradient",
        map { (a: Float, b: Float, c: Float) in b >= -c && b <= c ? 0 : a },
        map { (a: Double, b: Double, c: Double) in b >= -c && b <= c ? 0 : a })

    package static let threshold = TernaryKernel(
        "threshold",
        map { (a: Float, b: Float, c: Float) in a <= b ? c : a },
        map { (a: Double, b: Double, c: Double) in a <= b ? c : a })

    package static let thresholdGradient = TernaryKernel(
        "thresholdGradient",
        map { (a: Float, b: Float, c: Float) in b <= c ? 0 : a },
        map { (a: Double, b: Double, c: Double) in b <= c ? 0 : a })

    package static let softsign = UnaryKernel(
        "softsign",
        map { (x: Float) in
            let a = FloatMath.abs(x)
            return FloatMath.select(a == .infinity, FloatMath.copySign(1, x), x / (1 + a))
        },
        map { (x: Double) in
            let a = DoubleMath.abs(x)
            return DoubleMath.select(a == .infinity, DoubleMath.copySign(1, x), x / (1 + a))
        })
}
