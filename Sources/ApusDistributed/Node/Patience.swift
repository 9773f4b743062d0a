import Glibc

/// How a rank waits for others: it looks at once a few times, then lets others run between looks, then sleeps between them, for
/// 50 µs at first.
///
/// Where there are more ranks than cores, or other programs, those that are waited for need the core: ranks that
/// only look would wait for the scheduler's time slices. Half a millisecond without a word is no short wait any more.
struct Patience {
    private let looks: Int
    private let yields: Int
    private let longestSleep: UInt32
    private var turn = 0

    /// - Parameters:
    ///   - looks: how often to look at once.
    ///   - yields: how often to look after others have had the chance to run.
    ///   - longestSleep: µs; each sleep is a little longer than the one before.
    init(looks: Int, yields: Int, longestSleep: UInt32 = 50) {
        self.looks = looks
        self.yields = yields
        self.longestSleep = longestSleep
    }

    /// What there is to do between a look and the next.
    mutating func pause() {
        turn += 1
        if turn <= looks { return }
        if turn <= looks + yields {
            sched_yield()
        } else {
            usleep(min(50 + 4 * UInt32(clamping: turn - looks - yields), longestSleep))
        }
    }
}
