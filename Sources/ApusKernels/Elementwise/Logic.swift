import ApusKernelBase
import ApusCore

extension Kernels {
    package static let logicalAnd = BinaryKernel(
        "logicalAnd",
        map { (a: Bool, b: Bool) in a && b },
        map { (a: UInt8, b: UInt8) in (a != 0) && (b != 0) },
        map { (a: Int32, b: Int32) in (a != 0) && (b != 0) },
        map { (a: Int64, b: Int64) in (a != 0) && (b != 0) },
        map { (a: Float, b: Float) in (a != 0) && (b != 0) },
        map { (a: Double, b: Double) in (a != 0) && (b != 0) },
        map { (a: ComplexFloat, b: ComplexFloat) in (a.re != 0 || a.im != 0) && (b.re != 0 || b.im != 0) },
        map { (a: ComplexDouble, b: ComplexDouble) in (a.re != 0 || a.im != 0) && (b.re != 0 || b.im != 0) })

    package static let logicalOr = BinaryKernel(
        "logicalOr",
        map { (a: Bool, b: Bool) in a || b },
        map { (a: UInt8, b: UInt8) in (a != 0) || (b != 0) },
        map { (a: Int32, b: Int32) in (a != 0) || (b != 0) },
        map { (a: Int64, b: Int64) in (a != 0) || (b != 0) },
        map { (a: Float, b: Float) in (a != 0) || (b != 0) },
        map { (a: Double, b: Double) in (a != 0) || (b != 0) },
        map { (a: ComplexFloat, b: ComplexFloat) in (a.re != 0 || a.im != 0) || (b.re != 0 || b.im != 0) },
        map { (a: ComplexDouble, b: ComplexDouble) in (a.re != 0 || a.im != 0) || (b.re != 0 || b.im != 0) })

    package static let logicalXor = BinaryKernel(
        "logicalXor",
        map { (a: Bool, b: Bool) in a != b },
        map { (a: UInt8, b: UInt8) in (a != 0) != (b != 0) },
        map { (a: Int32, b: Int32) in (a != 0) != (b != 0) },
        map { (a: Int64, b: Int64) in (a != 0) != (b != 0) },
        map { (a: Float, b: Float) in (a != 0) != (b != 0) },
        map { (a: Double, b: Double) in (a != 0) != (b != 0) },
        map { (a: ComplexFloat, b: ComplexFloat) in (a.re != 0 || a.im != 0) != (b.re != 0 || b.im != 0) },
        map { (a: ComplexDouble, b: ComplexDouble) in (a.re != 0 || a.im != 0) != (b.re != 0 || b.im != 0) })

    package static let logicalNot = UnaryKernel(
        "logicalNot",
        map { (x: Bool) in !x },
        map { (x: UInt8) in !(x != 0) },
        map { (x: Int32) in !(x != 0) },
        map { (x: Int64) in !(x != 0) },
        map { (x: Float) in !(x != 0) },
        map { (x: Double) in !(x != 0) },
        map { (x: ComplexFloat) in !(x.re != 0 || x.im != 0) },
        map { (x: ComplexDouble) in !(x.re != 0 || x.im != 0) })
}
