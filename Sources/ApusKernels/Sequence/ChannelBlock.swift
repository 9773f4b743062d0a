import ApusKernelBase

// Sixteen channels, or what is left of them at the end of a row.
extension SIMD16 where Scalar: BinaryFloatingPoint {
    /// The first `count` are read; the rest are zeros.
    @inline(__always)
    init(at address: UnsafePointer<Scalar>, count: Int) {
        if count == 16 {
            self.init(at: address)
        } else {
            self.init(repeating: 0)
            for lane in 0..<count { self[lane] = address[lane] }
        }
    }

    /// The first `count` are written.
    @inline(__always)
    func store(at address: UnsafeMutablePointer<Scalar>, count: Int) {
        if count == 16 {
            store(at: address)
        } else {
            for lane in 0..<count { address[lane] = self[lane] }
        }
    }
}
