import ApusKernelBase
import ApusCore

extension Kernels {
    package static let equal = BinaryKernel(
        "equal",
        map { (a: Bool, b: Bool) in a == b },
        map { (a: UInt8, b: UInt8) in a == b },
        map { (a: Int32, b: Int32) in a == b },
        map { (a: Int64, b: Int64) in a == b },
        map { (a: Float, b: Float) in a == b },
        map { (a: Double, b: Double) in a == b },
        map { (a: ComplexFloat, b: ComplexFloat) in a.re == b.re && a.im == b.im },
        map { (a: ComplexDouble, b: ComplexDouble) in a.re == b.re && a.im == b.im })

    package static let notEqual = BinaryKernel(
        "notEqual",
        map { (a: Bool, b: Bool) in a != b },
        map { (a: UInt8, b: UInt8) in a != b },
        map { (a: Int32, b: Int32) in a != b },
        map { (a: Int64, b: Int64) in a != b },
        map { (a: Float, b: Float) in a != b },
        map { (a: Double, b: Double) in a != b },
        map { (a: ComplexFloat, b: ComplexFloat) in a.re != b.re || a.im != b.im },
        map { (a: ComplexDouble, b: ComplexDouble) in a.re != b.re || a.im != b.im })

    package static let less = BinaryKernel(
        "less",
        map { (a: Bool, b: Bool) in !a && b },
        map { (a: UInt8, b: UInt8) in a < b },
        map { (a: Int32, b: Int32) in a < b },
        map { (a: Int64, b: Int64) in a < b },
        map { (a: Float, b: Float) in a < b },
        map { (a: Double, b: Double) in a < b })

    package static let lessEqual = BinaryKernel(
        "lessEqual",
        map { (a: Bool, b: Bool) in !a || b },
        map { (a: UInt8, b: UInt8) in a <= b },
        map { (a: Int32, b: Int32) in a <= b },
        map { (a: Int64, b: Int64) in a <= b },
        map { (a: Float, b: Float) in a <= b },
        map { (a: Double, b: Double) in a <= b })

    package static let greater = BinaryKernel(
        "greater",
        map { (a: Bool, b: Bool) in a && !b },
        map { (a: UInt8, b: UInt8) in a > b },
        map { (a: Int32, b: Int32) in a > b },
        map { (a: Int64, b: Int64) in a > b },
        map { (a: Float, b: Float) in a > b },
        map { (a: Double, b: Double) in a > b })

    package static let greaterEqual = BinaryKernel(
        "greaterEqual",
        map { (a: Bool, b: Bool) in a || !b },
        map { (a: UInt8, b: UInt8) in a >= b },
        map { (a: Int32, b: Int32) in a >= b },
        map { (a: Int64, b: Int64) in a >= b },
        map { (a: Float, b: Float) in a >= b },
        map { (a: Double, b: Double) in a >= b })
}
