import ApusCore
import ApusKernels
import COpenMP
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

    /// A library has its own number of threads for as long as it computes, whoever asks for the program's meanwhile.
    @Test func librariesHaveTheirOwnNumber() {
        withThreads(2) {
            let before = omp_get_max_threads()
            for count in [1, 3] {
                Parallel.withLibraryThreads(count) {
                    #expect(Parallel.threadCount == 2)
                    #expect(omp_get_max_threads() == Int32(count))
                }
            }
            #expect(omp_get_max_threads() == before)
        }
    }
}
