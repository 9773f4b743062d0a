import ApusCore
import Glibc

/// Zeroed memory of this process, from whole pages.
final class ProcessMemory: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    private let byteCount: Int

    init(byteCount: Int) {
        self.byteCount = max(byteCount, 1)
        let mapped = mmap(
            nil, self.byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let mapped, mapped != MAP_FAILED else {
            fail("makeBuffer", "the system gives no \(byteCount) bytes")
        }
        pointer = mapped
    }

    deinit { munmap(pointer, byteCount) }
}
