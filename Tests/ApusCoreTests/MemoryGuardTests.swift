import Glibc
import Testing

@testable import ApusCore

/// Guards around buffers: a byte written outside one stops the program and says where.
@Suite struct MemoryGuardTests {
    @Test func guardedBuffersAreAlignedFreshAndNotANumber() {
        let allocator = CachingAllocator(isGuarded: true)
        for size in [0, 1, 63, 64, 1000, 5 << 20] {
            let block = allocator.allocate(size)
            #expect(Int(bitPattern: block.pointer) % CachingAllocator.alignment == 0)
            let bytes = UnsafeMutableRawBufferPointer(start: block.pointer, count: size)
            #expect(bytes.allSatisfy { $0 == 0xFF })
            if size >= 8 {
                #expect(bytes.load(as: Float.self).isNaN && bytes.load(as: Double.self).isNaN)
                #expect(bytes.load(as: Float16.self).isNaN)
            }
            for i in bytes.indices { bytes[i] = 0 }
            #expect(allocator.checkGuards())
            allocator.free(block.pointer, capacity: block.capacity)
        }
        #expect(allocator.statistics.used == 0 && allocator.statistics.cached == 0)
        #expect(!CachingAllocator(isGuarded: false).checkGuards())
    }

    static let faults: [(size: Int, offset: Int, message: String)] = [
        (100, -1, "a buffer of 100 bytes was written at offset -1, before its start"),
        (100, -64, "a buffer of 100 bytes was written at offset -64, before its start"),
        (100, 100, "a buffer of 100 bytes was written at offset 100, 0 bytes past its end"),
        (64, 127, "a buffer of 64 bytes was written at offset 127, 63 bytes past its end"),
        (0, 0, "a buffer of 0 bytes was written at offset 0, 0 bytes past its end"),
    ]

    @Test(arguments: faults.indices, [false, true])
    func aByteWrittenOutsideStopsTheProgram(_ index: Int, _ isAsked: Bool) async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            [index = index as Int, isAsked = isAsked as Bool] in
            let (size, offset, _) = MemoryGuardTests.faults[index]
            let allocator = CachingAllocator(isGuarded: true)
            let block = allocator.allocate(size)
            block.pointer.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self)
            if isAsked {
                _ = allocator.checkGuards()
            } else {
                allocator.free(block.pointer, capacity: block.capacity)
            }
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains(Self.faults[index].message), "\(message)")
    }

    @Test func theEnvironmentAsksForGuards() async {
        await #expect(processExitsWith: .success) {
            setenv("APUS_MEMORY_GUARD", "1", 1)
            precondition(Memory.checkGuards())
        }
        await #expect(processExitsWith: .success) {
            setenv("APUS_MEMORY_GUARD", "0", 1)
            precondition(!Memory.checkGuards())
        }
    }
}
