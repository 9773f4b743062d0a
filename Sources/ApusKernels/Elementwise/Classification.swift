import ApusKernelBase
import ApusCore

extension Kernels {
    package static let isNaN = UnaryKernel(
        "isNaN",
        map { (_: Bool) in false },
        map { (_: UInt8) in false },
        map { (_: Int32) in false },
        map { (_: Int64) in false },
        map { (x: Float) in x != x },
        map { (x: Double) in x != x },
        map { (x: ComplexFloat) in x.re != x.re || x.im != x.im },
        map { (x: ComplexDouble) in x.re != x.re || x.im != x.im })

    package static let isInf = UnaryKernel(
        "isInf",
        map { (_: Bool) in false },
        map { (_: UInt8) in false },
        map { (_: Int32) in false },
        map { (_: Int64) in false },
        map { (x: Float) in x.magnitude == .infinity },
        map { (x: Double) in x.magnitude == .infinity },
        map { (x: ComplexFloat) in x.re.magnitude == .infinity || x.im.magnitude == .infinity },
        map { (x: ComplexDouble) in x.re.magnitude == .infinity || x.im.magnitude == .infinity })

    package static let isFinite = UnaryKernel(
        "isFinite",
        map { (_: Bool) in true },
        map { (_: UInt8) in true },
        map { (_: Int32) in true },
        map { (_: Int64) in true },
        map { (x: Float) in x.magnitude < .infinity },
        map { (x: Double) in x.magnitude < .infinity },
        map { (x: ComplexFloat) in x.re.magnitude < .infinity && x.im.magnitude < .infinity },
        map { (x: ComplexDouble) in x.re.magnitude < .infinity && x.im.magnitude < .infinity })
}
