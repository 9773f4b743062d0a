import ApusCore
import Synchronization
import Testing

@Suite struct StorageTests {
    @Test func ownMemoryIsAlignedAndWritable() {
        for size in [0, 1, 100, 1 << 16] {
            let storage = Storage(byteCount: size)
            #expect(storage.byteCount == size && storage.isWritable && storage.device == .cpu)
            #expect(Int(bitPattern: storage.pointer) % 64 == 0)
        }
    }

    @Test func borrowedMemoryIsGivenBackOnceAndNeverWritten() {
        final class Count: Sendable { let value = Atomic<Int>(0) }
        let count = Count()
        let bytes: [UInt8] = [1, 2, 3]
        bytes.withUnsafeBytes { bytes in
            var storage: Storage? = Storage(borrowing: bytes.baseAddress!, byteCount: 3) {
                count.value.add(1, ordering: .relaxed)
            }
            #expect(storage?.isWritable == false && storage?.byteCount == 3)
            #expect(storage.map { UnsafeRawPointer($0.pointer) } == bytes.baseAddress)
            var second = storage
            storage = nil
            #expect(second != nil && count.value.load(ordering: .relaxed) == 0)
            second = nil
            #expect(count.value.load(ordering: .relaxed) == 1)
        }
    }

    /// What value semantics stand on: the last holder knows that it is alone.
    @Test func theOnlyHolderKnows() {
        struct Holder { var storage: Storage }
        var first = Holder(storage: Storage(byteCount: 8))
        #expect(isKnownUniquelyReferenced(&first.storage))
        var second: Holder? = first
        #expect(!isKnownUniquelyReferenced(&first.storage))
        withExtendedLifetime(second) {}
        second = nil
        #expect(isKnownUniquelyReferenced(&first.storage))
    }
}
