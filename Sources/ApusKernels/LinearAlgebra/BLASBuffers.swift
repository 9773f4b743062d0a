import ApusKernelBase
import ApusCore
import Synchronization

/// Makes sure that there is memory for OpenBLAS's buffers, since the library cannot handle being refused one.
///
/// A thread inside OpenBLAS holds a buffer of 128 MiB of address space, which the library keeps and reuses. Where the
/// system refuses another one, the library asks again forever; so we ask first.
enum BLASBuffers {
    private static let size = 136 << 20
    private static let state = Mutex((calls: 0, buffers: 0))

    /// Calls `body`, which calls OpenBLAS on this thread alone; ends the program where there is no buffer for it.
    @inline(__always)
    static func with(_ body: () -> Void) {
        if !AddressSpace.isLimited { return body() }
        count(body)
    }

    private static func count(_ body: () -> Void) {
        let isDone = state.locked { state in
            state.calls += 1
            if state.calls <= state.buffers { return false }
            if !AddressSpace.hasRoom(size) {
                Memory.exhausted("OpenBLAS", "the system has no \(size) bytes left for its buffer")
            }
            state.buffers += 1
            // Within the lock, so that two threads do not count on the same memory.
            body()
            return true
        }
        if !isDone { body() }
        state.locked { $0.calls -= 1 }
    }
}
