import ApusCore
import ApusKernels
import Synchronization
import Testing

/// The suite is serial because it changes the number of threads.
@Suite(.serialized)
struct ParallelTests {
    @Test(arguments: [0, 1, 2, 7, 1000], [1, 2, 5])
    func everyUnitRunsOnce(_ count: Int, _ threads: Int) {
        let before = Parallel.threadCount
        defer { Parallel.threadCount = before }
        Parallel.threadCount = threads
        for share in [Parallel.tasks, Parallel.units] {
            let visits = Mutex([Int](repeating: 0, count: count))
            share(count, 1 << 20) { unit in visits.locked { $0[unit] += 1 } }
            #expect(visits.locked { $0 } == [Int](repeating: 1, count: count))
        }
    }
}
