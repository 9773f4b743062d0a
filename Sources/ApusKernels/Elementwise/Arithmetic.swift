import ApusKernelBase
import ApusCore

extension Kernels {
    // Integers wrap around, as the processor's do; booleans add as "or" and multiply as "and".
    package static let add = BinaryKernel(
        "add",
        map { (a: Bool, b: Bool) in a || b },
        map { (a: UInt8, b: UInt8) in a &+ b },
        map { (a: Int32, b: Int32) in a &+ b },
        map { (a: Int64, b: Int64) in a &+ b },
        mapNumbers { (a: Float, b: Float) in a + b },
        mapNumbers { (a: Double, b: Double) in a + b },
        map { (a: ComplexFloat, b: ComplexFloat) in a + b },
        map { (a: ComplexDouble, b: ComplexDouble) in a + b })

    package static let subtract = BinaryKernel(
        "subtract",
        map { (a: UInt8, b: UInt8) in a &- b },
        map { (a: Int32, b: Int32) in a &- b },
        map { (a: Int64, b: Int64) in a &- b },
        mapNumbers { (a: Float, b: Float) in a - b },
        mapNumbers { (a: Double, b: Double) in a - b },
        map { (a: ComplexFloat, b: ComplexFloat) in a - b },
        map { (a: ComplexDouble, b: ComplexDouble) in a - b })

    package static let multiply = BinaryKernel(
        "multiply",
        map { (a: Bool, b: Bool) in a && b },
        map { (a: UInt8, b: UInt8) in a &* b },
        map { (a: Int32, b: Int32) in a &* b },
        map { (a: Int64, b: Int64) in a &* b },
        mapNumbers { (a: Float, b: Float) in a * b },
        mapNumbers { (a: Double, b: Double) in a * b },
        map { (a: ComplexFloat, b: ComplexFloat) in a * b },
        map { (a: ComplexDouble, b: ComplexDouble) in a * b })

    package static let negate = UnaryKernel(
        "negate",
        map { (x: UInt8) in 0 &- x },
        map { (x: Int32) in 0 &- x },
        map { (x: Int64) in 0 &- x },
        map { (x: Float) in -x },
        map { (x: Double) in -x },
        map { (x: ComplexFloat) in ComplexFloat(-x.re, -x.im) },
        map { (x: ComplexDouble) in ComplexDouble(-x.re, -x.im) })

    package static let conjugate = UnaryKernel(
        "conjugate",
        map { (x: ComplexFloat) in ComplexFloat(x.re, -x.im) },
        map { (x: ComplexDouble) in ComplexDouble(x.re, -x.im) })
}
