import Glibc
import Synchronization

/// How many cores other programs keep busy, as far as our threads can tell.
///
/// Work that is shared is done when the last thread has done its piece, and a thread whose core somebody else has comes
/// milliseconds late to a piece that takes microseconds. One that was late says so, and for a pause the work is cut for
/// one thread fewer, which leaves the other program its core. Then the thread is tried again; while it keeps coming
/// late, pauses grow longer, up to a length that makes the trials cheap.
package struct Crowding: ~Copyable, Sendable {
    /// Nanoseconds after which a thread must have waited for a core; where there is one, waking it takes a tenth.
    private static let patience: UInt64 = 500_000
    /// Nanoseconds of the first pause and of the longest.
    private static let pauses: ClosedRange<UInt64> = 4_000_000...128_000_000

    private let missing = Atomic(0)
    private let pause = Atomic<UInt64>(0)
    /// When the pause ends.
    private let end = Atomic<UInt64>(0)

    private let ignored = Atomic(false)

    package init() {}

    /// Whether all threads are worth starting, whatever was late.
    package var isIgnored: Bool {
        get { ignored.load(ordering: .relaxed) }
        nonmutating set { ignored.store(newValue, ordering: .relaxed) }
    }

    /// Nanoseconds of a clock that only goes forward.
    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// How many of so many threads are worth starting.
    @inline(__always)
    func threads(of count: Int) -> Int {
        missing.load(ordering: .relaxed) == 0 ? count : threads(of: count, at: Self.now)
    }

    package func threads(of count: Int, at now: UInt64) -> Int {
        if isIgnored { return count }
        var missing = missing.load(ordering: .relaxed)
        if missing > 0 && now >= end.load(ordering: .relaxed) {
            missing /= 2
            self.missing.store(missing, ordering: .relaxed)
            if missing > 0 { end.store(now + pause.load(ordering: .relaxed), ordering: .relaxed) }
        }
        return max(1, count - missing)
    }

    /// One of `count` threads begins its piece of work that was handed out at `start`.
    ///
    /// Several threads of the same work may be late, at the same time: whatever they overwrite of each other is as good.
    package func began(workOf start: UInt64, _ count: Int, at now: UInt64 = Crowding.now) {
        guard now > start + Self.patience else { return }
        let last = end.load(ordering: .relaxed)
        let length = pause.load(ordering: .relaxed)
        // Within a pause there are only those that are late to work from before it.
        if now >= last {
            let isSoon = now < last + 8 * length
            pause.store(
                isSoon ? min(2 * length, Self.pauses.upperBound) : Self.pauses.lowerBound, ordering: .relaxed)
        }
        missing.store(min(missing.load(ordering: .relaxed) + 1, count - 1), ordering: .relaxed)
        end.store(now + pause.load(ordering: .relaxed), ordering: .relaxed)
    }
}
