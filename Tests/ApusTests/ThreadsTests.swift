import Apus
import Foundation
import Synchronization
import Testing
import _ApusTestSupport

/// The number of threads is the whole program's.
@Suite struct ThreadsTests {
    @Test func theNumberHoldsOnEveryThread() {
        for count in [1, 3] {
            withThreads(count) {
                #expect(Apus.threads == count)
                let seen = Mutex(0)
                let done = DispatchSemaphore(value: 0)
                Thread.detachNewThread {
                    // A product first, whose library has a number of its own for each thread.
                    _ = Tensor.ones([64, 64]).matmul(Tensor.ones([64, 64]))
                    seen.withLock { $0 = Apus.threads }
                    done.signal()
                }
                done.wait()
                #expect(seen.withLock { $0 } == count)
            }
        }
    }

    @Test func whatCannotBeStopsTheProgram() async throws {
        for run in [
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                Apus.threads = 0
            },
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                Apus.threads = -4
            },
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                Apus.threads = 1 << 40
            },
        ] {
            let message = String(decoding: try #require(run).standardErrorContent, as: UTF8.self)
            #expect(message.contains("threads: ") && message.contains(" were asked for; there can be 1 to "))
        }
    }

    /// Where the system refuses, the number stays as it was.
    @Test func whatIsRefusedChangesNothing() {
        withThreads(2) {
            #expect(throws: (any Error).self) { try Threads.start(Threads.most + 1) }
            #expect(Apus.threads == 2)
        }
    }
}
