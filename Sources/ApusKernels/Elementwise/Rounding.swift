import ApusKernelBase
import ApusCore

extension Kernels {
    package static let floor = UnaryKernel(
        "floor",
        map { (x: UInt8) in x },
        map { (x: Int32) in x },
        map { (x: Int64) in x },
        map { (x: Float) in x.rounded(.down) },
        map { (x: Double) in x.rounded(.down) })

    package static let ceil = UnaryKernel(
        "ceil",
        map { (x: UInt8) in x },
        map { (x: Int32) in x },
        map { (x: Int64) in x },
        map { (x: Float) in x.rounded(.up) },
        map { (x: Double) in x.rounded(.up) })

    /// To the nearest integer, ties to the even one.
    package static let round = UnaryKernel(
        "round",
        map { (x: UInt8) in x },
        map { (x: Int32) in x },
        map { (x: Int64) in x },
        map { (x: Float) in x.rounded(.toNearestOrEven) },
        map { (x: Double) in x.rounded(.toNearestOrEven) })

    package static let trunc = UnaryKernel(
        "trunc",
        map { (x: UInt8) in x },
        map { (x: Int32) in x },
        map { (x: Int64) in x },
        map { (x: Float) in x.rounded(.towardZero) },
        map { (x: Double) in x.rounded(.towardZero) })

    package static let frac = UnaryKernel(
        "frac",
        map { (x: Float) in x - x.rounded(.towardZero) },
        map { (x: Double) in x - x.rounded(.towardZero) })
}
