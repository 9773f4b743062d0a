// Vectors in memory that need not be aligned to them.
extension SIMD {
    @inlinable @inline(__always)
    package init(at address: UnsafePointer<Scalar>) {
        self = UnsafeRawPointer(address).loadUnaligned(as: Self.self)
    }

    @inlinable @inline(__always)
    package func store(at address: UnsafeMutablePointer<Scalar>) {
        UnsafeMutableRawPointer(address).storeBytes(of: self, as: Self.self)
    }
}
