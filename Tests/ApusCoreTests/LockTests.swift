import ApusCore
import Synchronization
import Testing

@Suite struct LockTests {
    @Test func oneHolderAtATime() async {
        final class Counter: Sendable { let value = Mutex(0) }
        let counter = Counter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 { counter.value.locked { $0 += 1 } }
                }
            }
        }
        #expect(counter.value.locked { $0 } == 8000)
    }

    @Test func anErrorReleasesTheLock() {
        struct Refusal: Error {}
        let value = Mutex(1)
        #expect(throws: Refusal.self) {
            try value.locked { number in
                number = 2
                throw Refusal()
            }
        }
        #expect(value.locked { $0 } == 2)
    }
}
