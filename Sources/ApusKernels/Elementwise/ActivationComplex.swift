import ApusKernelBase
import ApusCore

extension Kernels {
    // Activations of complex networks that look at both parts. In gradients `a` is the gradient of the result
    // and `b` the input.

    package static let zrelu = UnaryKernel(
        "zrelu",
        map { (x: ComplexFloat) in x.re < 0 || x.im < 0 ? ComplexFloat(0, 0) : x },
        map { (x: ComplexDouble) in x.re < 0 || x.im < 0 ? ComplexDouble(0, 0) : x })

    package static let zreluGradient = BinaryKernel(
        "zreluGradient",
        map { (a: ComplexFloat, b: ComplexFloat) in b.re < 0 || b.im < 0 ? ComplexFloat(0, 0) : a },
        map { (a: ComplexDouble, b: ComplexDouble) in b.re < 0 || b.im < 0 ? ComplexDouble(0, 0) : a })

    package static let cardioid = UnaryKernel(
        "cardioid",
        map { (x: ComplexFloat) in x * (0.5 + 0.5 * x.sign().re) },
        map { (x: ComplexDouble) in x * (0.5 + 0.5 * x.sign().re) })

    package static let cardioidGradient = BinaryKernel(
        "cardioidGradient",
        map { (a: ComplexFloat, b: ComplexFloat) in cardioidGradientAt(a, b.sign()) },
        map { (a: ComplexDouble, b: ComplexDouble) in cardioidGradientAt(a, b.sign()) })

    /// Moves the modulus of `a` by the real part of `b`, and no further than to 0.
    package static let modReLU = BinaryKernel(
        "modReLU",
        map { (a: ComplexFloat, b: ComplexFloat) in Float.moved(a, by: b.re) },
        map { (a: ComplexDouble, b: ComplexDouble) in Double.moved(a, by: b.re) })

    /// `c` is what the modulus was moved by.
    package static let modReLUGradient = TernaryKernel(
        "modReLUGradient",
        map { (a: ComplexFloat, b: ComplexFloat, c: ComplexFloat) in modReLUGradientAt(a, b, c.re) },
        map { (a: ComplexDouble, b: ComplexDouble, c: ComplexDouble) in modReLUGradientAt(a, b, c.re) })

    /// Re² + Im²: in the order of the modulus, without a root.
    package static let squaredModulus = UnaryKernel(
        "squaredModulus",
        map { (x: ComplexFloat) in x.re * x.re + x.im * x.im },
        map { (x: ComplexDouble) in x.re * x.re + x.im * x.im })
}

/// ½(1 + Re s)·g + ½ Re(s̄ g)·(1 - Re s·s).
@inline(__always)
private func cardioidGradientAt<T: RealElement>(_ g: ComplexPair<T>, _ s: ComplexPair<T>) -> ComplexPair<T> {
    let radial = s.re * g.re + s.im * g.im
    let share = 1 + s.re
    return ComplexPair(
        0.5 * (share * g.re + radial * (1 - s.re * s.re)), 0.5 * (share * g.im - radial * s.re * s.im))
}

@inline(__always)
private func modReLUGradientAt<T: RealElement>(_ g: ComplexPair<T>, _ z: ComplexPair<T>, _ bias: T)
    -> ComplexPair<T>
{
    let modulus = z.abs()
    if modulus == 0 || modulus + bias <= 0 { return ComplexPair(0, 0) }
    let (ratio, s) = (bias / modulus, z.sign())
    let radial = s.re * g.re + s.im * g.im
    return ComplexPair(g.re + ratio * (g.re - radial * s.re), g.im + ratio * (g.im - radial * s.im))
}
