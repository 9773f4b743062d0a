import CProcessor
import Glibc
import Synchronization

/// Keeps freed buffers by size class and hands them out again.
///
/// A fresh large allocation costs more in page faults than the arithmetic it holds, so nothing goes
/// back to the system until `clear` or the limit asks for it, or until twice as much is held as was
/// ever used at a time: then sizes have changed, and what is kept fits no longer. Size classes are four
/// steps an octave: at most a quarter of a buffer is slack.
///
/// Where the environment says APUS_MEMORY_GUARD=1 nothing is cached: every buffer is fresh, and guarded.
final class CachingAllocator: Sendable {
    static let alignment = 64
    /// Bytes that are kept in any case.
    private static let kept = 64 << 20
    /// The kernel's MADV_HUGEPAGE, which Glibc's module lacks.
    private static let hugePages: Int32 = 14

    private struct State {
        var free = [[Block]](repeating: [], count: 64 * 4)
        var statistics = Memory.Statistics()
        /// The most that was ever used; unlike the peak it is not reset.
        var highest = 0
        var limit: Int?

        mutating func notePeak() {
            statistics.peak = max(statistics.peak, statistics.used)
            highest = max(highest, statistics.used)
        }
    }

    /// Memory that nobody uses: whoever takes it out of the cache owns it.
    private struct Block: @unchecked Sendable { let pointer: UnsafeMutableRawPointer }

    private let state = Mutex(State())
    private let memoryGuard: MemoryGuard?

    init(isGuarded: Bool = getenv("APUS_MEMORY_GUARD").map { String(cString: $0) } == "1") {
        memoryGuard = isGuarded ? MemoryGuard() : nil
        if let feature = apus_missing_processor_feature() {
            let name = String(cString: feature)
            let message =
                "apus: this binary was built for a processor with \(name), which this one lacks; "
                + "build it here, or with APUS_TARGET_CPU=x86-64-v3\n"
            _ = message.withCString { write(STDERR_FILENO, $0, strlen($0)) }
            exit(1)
        }
    }

    func allocate(_ byteCount: Int) -> (pointer: UnsafeMutableRawPointer, capacity: Int) {
        let (index, capacity) = Self.sizeClass(byteCount)
        if capacity > 1 << 57 {
            Memory.exhausted("allocate", "\(byteCount) bytes are more than an address space")
        }
        let cached: Block? = state.locked { state in
            // The limit may have come down since the cached blocks were taken.
            let held = state.statistics.used + state.statistics.cached
            guard state.limit.map({ held <= $0 }) ?? true, let block = state.free[index].popLast() else {
                return nil
            }
            state.statistics.cached -= capacity
            state.statistics.hits += 1
            state.statistics.used += capacity
            state.notePeak()
            return block
        }
        if let cached { return (cached.pointer, capacity) }

        if isMostlyUnused(with: capacity) { clear() }
        // Counted before the system is asked, so that threads do not pass the limit together; a request that is
        // refused leaves no trace.
        if !reserve(capacity) {
            clear()
            if !reserve(capacity) {
                let (limit, used) = state.locked { ($0.limit ?? Int.max, $0.statistics.used) }
                Memory.exhausted(
                    "allocate",
                    "\(capacity) bytes would take tensors to \(used + capacity), over Memory.limit = \(limit)"
                )
            }
        }
        if let fresh = fresh(byteCount, capacity) {
            state.locked { state in
                state.statistics.misses += 1
                state.notePeak()
            }
            return (fresh, capacity)
        }
        state.locked { $0.statistics.used -= capacity }
        Memory.exhausted(
            "allocate", "the system has no \(capacity) bytes left (\(statistics.used) in use)")
    }

    /// Whether less than half of what would be held was ever used at a time.
    private func isMostlyUnused(with capacity: Int) -> Bool {
        state.locked { state in
            let (used, cached) = (state.statistics.used + capacity, state.statistics.cached)
            return cached > Self.kept && used + cached > 2 * max(used, state.highest)
        }
    }

    /// A buffer that was never used; nil where the system is out of memory.
    private func fresh(_ byteCount: Int, _ capacity: Int) -> UnsafeMutableRawPointer? {
        if let memoryGuard { return memoryGuard.allocate(byteCount) }
        if let fresh = Self.fromSystem(capacity) { return fresh }
        clear()  // what is cached may be enough
        return Self.fromSystem(capacity)
    }

    /// Counts a new buffer as used, if the limit allows it beside all others.
    private func reserve(_ capacity: Int) -> Bool {
        state.locked { state in
            let held = state.statistics.used + state.statistics.cached
            if let limit = state.limit, held > limit - capacity { return false }
            state.statistics.used += capacity
            return true
        }
    }

    func free(_ pointer: UnsafeMutableRawPointer, capacity: Int) {
        if let memoryGuard {
            memoryGuard.free(pointer)
            return state.locked { $0.statistics.used -= capacity }
        }
        let (index, _) = Self.sizeClass(capacity)
        let block = Block(pointer: pointer)
        state.locked { state in
            state.statistics.used -= capacity
            state.statistics.cached += capacity
            state.free[index].append(block)
        }
    }

    var statistics: Memory.Statistics { state.locked { $0.statistics } }

    var limit: Int? {
        get { state.locked { $0.limit } }
        set { state.locked { $0.limit = newValue } }
    }

    /// Whether buffers have guards, which are checked now.
    func checkGuards() -> Bool {
        memoryGuard?.check()
        return memoryGuard != nil
    }

    func resetPeak() { state.locked { $0.statistics.peak = $0.statistics.used } }

    func clear() {
        let blocks = state.locked { state in
            var all: [Block] = []
            for index in state.free.indices {
                all += state.free[index]
                state.free[index] = []
            }
            state.statistics.cached = 0
            return all
        }
        for block in blocks { Glibc.free(block.pointer) }
    }

    private static func fromSystem(_ capacity: Int) -> UnsafeMutableRawPointer? {
        if AddressSpace.isLimited {
            let (wanted, overflow) = capacity.addingReportingOverflow(AddressSpace.reserve)
            if overflow || !AddressSpace.hasRoom(wanted) { return nil }
        }
        var pointer: UnsafeMutableRawPointer?
        // Huge pages spare the page faults of the first touch.
        let large = capacity >= 4 << 20
        guard posix_memalign(&pointer, large ? 2 << 20 : alignment, capacity) == 0 else { return nil }
        if large, let pointer { madvise(pointer, capacity, hugePages) }
        return pointer
    }

    /// The class of a size, and the bytes that each of its blocks has.
    static func sizeClass(_ byteCount: Int) -> (index: Int, capacity: Int) {
        let size = max(byteCount, alignment)
        let octave = Int.bitWidth - 1 - (size - 1).leadingZeroBitCount  // 2^octave < size ≤ 2^(octave+1)
        let step = 1 << max(octave - 2, 6)
        let (padded, overflow) = size.addingReportingOverflow(step - 1)
        if overflow { fail("allocate", "\(byteCount) bytes are more than an address space") }
        let capacity = padded & ~(step - 1)
        let quarter = (capacity - 1 - (1 << octave)) / step
        return (octave * 4 + quarter, capacity)
    }
}
