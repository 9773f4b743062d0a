import ApusKernels
import Testing

@Suite struct CrowdingTests {
    private let ms: UInt64 = 1_000_000

    @Test func everyThreadCountsWhereNoneIsLate() {
        let crowding = Crowding()
        for time in 1...100 as ClosedRange<UInt64> {
            crowding.began(workOf: time * ms, 4, at: time * ms + ms / 4)
        }
        #expect(crowding.threads(of: 4, at: 101 * ms) == 4)
    }

    /// A late thread is left out for a pause, and each that was late to the same work.
    @Test func lateThreadsAreLeftOut() {
        let crowding = Crowding()
        crowding.began(workOf: 100 * ms, 4, at: 101 * ms)
        #expect(crowding.threads(of: 4, at: 102 * ms) == 3)
        crowding.began(workOf: 100 * ms, 4, at: 102 * ms)
        #expect(crowding.threads(of: 4, at: 103 * ms) == 2)
        #expect(crowding.threads(of: 4, at: 107 * ms) == 3)
        #expect(crowding.threads(of: 4, at: 112 * ms) == 4)
    }

    @Test func oneThreadRemains() {
        let crowding = Crowding()
        for _ in 0..<5 { crowding.began(workOf: 100 * ms, 2, at: 103 * ms) }
        #expect(crowding.threads(of: 2, at: 104 * ms) == 1)
        #expect(crowding.threads(of: 1, at: 104 * ms) == 1)
        #expect(crowding.threads(of: 2, at: 108 * ms) == 2)
    }

    /// What is late in every trial is tried ever more seldom, but still a few times a second; after a quiet time the first
    /// pause is short again.
    @Test func pausesGrowWhileThreadsComeLate() {
        let crowding = Crowding()
        func pause(from start: UInt64) -> UInt64 {
            crowding.began(workOf: start, 2, at: start + ms)
            var time = start + ms
            while crowding.threads(of: 2, at: time) == 1 { time += ms }
            return time - start - ms
        }
        var (time, pauses): (UInt64, [UInt64]) = (1000 * ms, [])
        for _ in 0..<8 {
            pauses.append(pause(from: time))
            time += pauses.last! + 3 * ms
        }
        #expect(pauses == [4, 8, 16, 32, 64, 128, 128, 128].map { $0 * ms })
        #expect(pause(from: time + 5000 * ms) == 4 * ms)
    }

    @Test func testsMayHaveAllThreads() {
        let crowding = Crowding()
        crowding.began(workOf: 100 * ms, 4, at: 101 * ms)
        crowding.isIgnored = true
        #expect(crowding.threads(of: 4, at: 102 * ms) == 4)
    }
}
