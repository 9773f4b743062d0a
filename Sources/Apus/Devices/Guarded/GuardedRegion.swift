import Glibc
import Synchronization

/// Memory that can be touched only while somebody has it open: a stretch of address space that is protected at all other
/// times.
final class GuardedRegion: @unchecked Sendable {
    /// Address space is taken, memory only where it is used.
    private static let capacity = 16 << 30
    private static let alignment = 4096

    static let shared = GuardedRegion()

    private let base: UnsafeMutableRawPointer
    private let state = Mutex(State())

    private struct State {
        /// How many have it open.
        var users = 0
        var top = 0
        /// Freed blocks by size.
        var free: [Int: [Int]] = [:]
    }

    private init() {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        guard let base = mmap(nil, Self.capacity, PROT_NONE, flags, -1, 0), base != MAP_FAILED else {
            Memory.exhausted("guarded", "the system has no \(Self.capacity) bytes of address space")
        }
        self.base = base
    }

    /// Memory that nobody can touch yet.
    func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
        let size = (Swift.max(byteCount, 1) + Self.alignment - 1) / Self.alignment * Self.alignment
        return state.withLock { state -> UnsafeMutableRawPointer in
            if let offset = state.free[size]?.popLast() { return base + offset }
            if state.top + size > Self.capacity {
                Memory.exhausted("guarded", "there is no room for \(byteCount) bytes")
            }
            if state.users > 0 { protect(state.top, size, PROT_READ | PROT_WRITE) }
            state.top += size
            return base + (state.top - size)
        }
    }

    func free(_ pointer: UnsafeMutableRawPointer, _ byteCount: Int) {
        let size = (Swift.max(byteCount, 1) + Self.alignment - 1) / Self.alignment * Self.alignment
        state.withLock { $0.free[size, default: []].append(pointer - base) }
    }

    /// Runs `body` with the memory open.
    func open<R>(_ body: () throws -> R) rethrows -> R {
        state.withLock { state in
            state.users += 1
            if state.users == 1 { protect(0, state.top, PROT_READ | PROT_WRITE) }
        }
        defer {
            state.withLock { state in
                state.users -= 1
                if state.users == 0 { protect(0, state.top, PROT_NONE) }
            }
        }
        return try body()
    }

    private func protect(_ offset: Int, _ byteCount: Int, _ access: Int32) {
        if byteCount > 0, mprotect(base + offset, byteCount, access) != 0 {
            fail("guarded", "the system refuses to change the protection of memory (error \(errno))")
        }
    }
}
