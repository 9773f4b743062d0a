import ApusKernelBase
import ApusCore

extension Kernels {
    package static let complex = BinaryKernel(
        "complex",
        map { (a: Float, b: Float) in ComplexFloat(a, b) },
        map { (a: Double, b: Double) in ComplexDouble(a, b) })

    package static let angle = UnaryKernel(
        "angle",
        map { (x: Float) in x < 0 ? .pi : x != x ? x : 0 },
        map { (x: Double) in x < 0 ? .pi : x != x ? x : 0 },
        map { (x: ComplexFloat) in x.angle() },
        map { (x: ComplexDouble) in x.angle() })
}
