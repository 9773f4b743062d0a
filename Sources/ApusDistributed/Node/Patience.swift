import Glibc

/// How a rank waits for others: it looks at once a few times, then lets others run between looks, then sleeps between them.
///
/// Where there are more ranks than cores, or other programs, those that are waited for need the core: ranks that
/// only look would wait for the scheduler's time slices. Half a millisecond without a word is no short wait any more.
struct Patience {
    private let looks: Int
    private let yields: Int
    private var turn = 0

    /// - Parameters:
    ///   - looks: how often to look at once.
    ///   - yields: how often to look after others have had the chance to run.
    init(looks: Int, yields: Int) {
        self.looks = looks
        self.yields = yields
    }

    /// What there is to do between a look and the next.
    mutating func pause() {
        turn += 1
        if turn <= looks { return }
        if turn <= looks + yields {
            sched_yield()
        } else {
            usleep(50)
        }
    }
}
