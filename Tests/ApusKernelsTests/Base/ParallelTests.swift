import ApusCore
import ApusKernels
import Synchronization
import Testing
import _ApusTestSupport

@Suite struct ParallelTests {
    @Test(arguments: [0, 1, 2, 7, 1000], [1, 2, 5])
    func everyUnitRunsOnce(_ count: Int, _ threads: Int) {
        for share in [Parallel.tasks, Parallel.units] {
            let visits = Mutex([Int](repeating: 0, count: count))
            withThreads(threads) { share(count, 1 << 20) { unit in visits.locked { $0[unit] += 1 } } }
            #expect(visits.locked { $0 } == [Int](repeating: 1, count: count))
        }
    }
}
