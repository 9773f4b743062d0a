import Apus
import Glibc

/// Memory whose first byte after the end cannot be touched, for tensors that are only read.
package enum GuardedMemory {
    /// A copy of a tensor's elements in such memory, row-major.
    package static func copy(_ x: Tensor) -> Tensor {
        let bytes = x.count * x.dtype.size
        let page = 4096
        let length = (bytes + page - 1) / page * page
        let start = mmap(nil, length + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
        mprotect(start + length, page, PROT_NONE)
        let first = start + (length - bytes)
        x.withUnsafeBytes { if $0.count > 0 { first.copyMemory(from: $0.baseAddress!, byteCount: bytes) } }
        let address = Int(bitPattern: start)
        let storage = Storage(borrowing: first, byteCount: bytes) {
            munmap(UnsafeMutableRawPointer(bitPattern: address), length + page)
        }
        return Tensor(storage: storage, layout: Layout(contiguous: x.shape), dtype: x.dtype)
    }
}
