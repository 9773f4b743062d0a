import ApusKernelBase
import ApusCore

extension Kernels {
    package static let bitwiseAnd = BinaryKernel(
        "bitwiseAnd",
        map { (a: Bool, b: Bool) in a && b },
        map { (a: UInt8, b: UInt8) in a & b },
        map { (a: Int32, b: Int32) in a & b },
        map { (a: Int64, b: Int64) in a & b })

    package static let bitwiseOr = BinaryKernel(
        "bitwiseOr",
        map { (a: Bool, b: Bool) in a || b },
        map { (a: UInt8, b: UInt8) in a | b },
        map { (a: Int32, b: Int32) in a | b },
        map { (a: Int64, b: Int64) in a | b })

    package static let bitwiseXor = BinaryKernel(
        "bitwiseXor",
        map { (a: Bool, b: Bool) in a != b },
        map { (a: UInt8, b: UInt8) in a ^ b },
        map { (a: Int32, b: Int32) in a ^ b },
        map { (a: Int64, b: Int64) in a ^ b })

    package static let bitwiseNot = UnaryKernel(
        "bitwiseNot",
        map { (x: Bool) in !x },
        map { (x: UInt8) in ~x },
        map { (x: Int32) in ~x },
        map { (x: Int64) in ~x })

    /// Shifts by a negative count or past the width leave nothing.
    package static let shiftLeft = BinaryKernel(
        "shiftLeft",
        map { (a: UInt8, b: UInt8) in b < 0 || b >= 8 ? 0 : a &<< b },
        map { (a: Int32, b: Int32) in b < 0 || b >= 32 ? 0 : a &<< b },
        map { (a: Int64, b: Int64) in b < 0 || b >= 64 ? 0 : a &<< b })

    /// Shifts past the width leave the sign.
    package static let shiftRight = BinaryKernel(
        "shiftRight",
        map { (a: UInt8, b: UInt8) in a &>> (b < 0 || b >= 8 ? 7 : b) },
        map { (a: Int32, b: Int32) in a &>> (b < 0 || b >= 32 ? 31 : b) },
        map { (a: Int64, b: Int64) in a &>> (b < 0 || b >= 64 ? 63 : b) })
}
