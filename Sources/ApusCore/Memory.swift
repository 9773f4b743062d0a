import Glibc
import Synchronization

/// The memory that tensors live in: what is used, what is cached, and how much there may be.
public enum Memory {
    static let allocator = CachingAllocator()

    /// A reading of the allocator's counters, in bytes but for the counts.
    public struct Statistics: Sendable, Equatable {
        /// Held by live tensors.
        public internal(set) var used = 0
        /// Freed by tensors and kept for the next ones.
        public internal(set) var cached = 0
        /// The highest value of `used` since the start or the last `resetPeak`.
        public internal(set) var peak = 0
        /// Requests served from the cache.
        public internal(set) var hits = 0
        /// Requests that went to the system.
        public internal(set) var misses = 0
    }

    /// The counters now, of all threads together.
    public static var statistics: Statistics { allocator.statistics }

    /// The most bytes that live and cached buffers may take together; nil is no limit.
    ///
    /// An allocation over it first empties the cache, and traps with both figures if that is not enough.
    public static var limit: Int? {
        get { allocator.limit }
        set { allocator.limit = newValue }
    }

    /// Gives the cached buffers back to the system.
    public static func clear() { allocator.clear() }

    /// Stops the program where anybody has written outside a buffer that is in use.
    ///
    /// That is seen only in a program started with APUS_MEMORY_GUARD=1, which surrounds each buffer with guard bytes and
    /// also checks them when it is freed.
    ///
    /// - Returns: whether buffers have guards.
    @discardableResult
    public static func checkGuards() -> Bool { allocator.checkGuards() }

    /// Has `Statistics.peak` begin anew from what is in use now.
    public static func resetPeak() { allocator.resetPeak() }

    /// What a program does where memory runs out, in place of the trap: it says `reason`, one line, in its own way,
    /// and ends. Called on whichever thread wanted the memory, once in the life of the process.
    public static var whenExhausted: (@Sendable (_ reason: String) -> Never)? {
        get { handler.locked { $0 } }
        set { handler.locked { $0 = newValue } }
    }

    /// Ends the program for want of memory: by `whenExhausted`, or else as `fail` does.
    package static func exhausted(_ operation: String, _ reason: String) -> Never {
        guard let handler = whenExhausted else { fail(operation, reason) }
        // Threads that find the same at the same time wait for the end here: it is said once.
        if isExhausted.exchange(true, ordering: .relaxed) { while true { sleep(1000) } }
        handler("\(operation): \(reason)")
    }

    private static let handler = Mutex<(@Sendable (String) -> Never)?>(nil)
    private static let isExhausted = Atomic(false)
}
