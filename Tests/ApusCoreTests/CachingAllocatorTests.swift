import Glibc
import Testing

@testable import ApusCore

/// Each test has an allocator of its own: the shared one serves all tests that run at the same time.
@Suite struct CachingAllocatorTests {
    @Test func sizeClassesWasteLittle() {
        var last = (index: -1, capacity: 0)
        var size = 0
        while size < 1 << 40 {
            let found = CachingAllocator.sizeClass(size)
            #expect(found.capacity >= size && found.capacity % CachingAllocator.alignment == 0)
            #expect(found.capacity - size < max(65, size / 4 + 1), "\(size)")
            // A freed block goes back to the class that it came from.
            #expect(CachingAllocator.sizeClass(found.capacity) == found)
            #expect(found.index == last.index || found.capacity > last.capacity)
            #expect((found.capacity == last.capacity) == (found.index == last.index), "\(size)")
            last = found
            size += max(1, size / 50)
        }
        #expect(CachingAllocator.sizeClass(Int.max / 2).index < 64 * 4)
        for size in [64, 128, 1024, 1 << 20, 1 << 30] {
            #expect(CachingAllocator.sizeClass(size).capacity == size)
            #expect(CachingAllocator.sizeClass(size + 1).capacity > size)
        }
    }

    @Test func blocksAreAligned() {
        let allocator = CachingAllocator()
        for size in [0, 1, 63, 64, 65, 1000, 4097, 100_000, 1 << 20, 5 << 20] {
            let block = allocator.allocate(size)
            #expect(Int(bitPattern: block.pointer) % 64 == 0, "\(size)")
            #expect(block.capacity >= size)
            memset(block.pointer, 1, block.capacity)
            allocator.free(block.pointer, capacity: block.capacity)
        }
        allocator.clear()
    }

    @Test func aFreedBlockServesTheNextOfItsClass() {
        let allocator = CachingAllocator()
        let first = allocator.allocate(1000)
        #expect(first.capacity == 1024)
        let second = allocator.allocate(1000)
        #expect(second.pointer != first.pointer)
        allocator.free(first.pointer, capacity: first.capacity)

        let other = allocator.allocate(2000)
        #expect(other.pointer != first.pointer)
        let again = allocator.allocate(1024)
        #expect(again.pointer == first.pointer)
        let statistics = allocator.statistics
        #expect(statistics.hits == 1 && statistics.misses == 3)
        for block in [second, other, again] { allocator.free(block.pointer, capacity: block.capacity) }
        allocator.clear()
    }

    @Test func statisticsFollowEachStep() {
        let allocator = CachingAllocator()
        func expect(used: Int, cached: Int, peak: Int, hits: Int, misses: Int) {
            var expected = Memory.Statistics()
            (expected.used, expected.cached, expected.peak) = (used, cached, peak)
            (expected.hits, expected.misses) = (hits, misses)
            #expect(allocator.statistics == expected)
        }
        expect(used: 0, cached: 0, peak: 0, hits: 0, misses: 0)
        let a = allocator.allocate(4096)
        expect(used: 4096, cached: 0, peak: 4096, hits: 0, misses: 1)
        let b = allocator.allocate(100)
        expect(used: 4224, cached: 0, peak: 4224, hits: 0, misses: 2)
        allocator.free(a.pointer, capacity: a.capacity)
        expect(used: 128, cached: 4096, peak: 4224, hits: 0, misses: 2)
        allocator.resetPeak()
        expect(used: 128, cached: 4096, peak: 128, hits: 0, misses: 2)
        let c = allocator.allocate(4000)
        expect(used: 4224, cached: 0, peak: 4224, hits: 1, misses: 2)
        allocator.free(b.pointer, capacity: b.capacity)
        allocator.free(c.pointer, capacity: c.capacity)
        expect(used: 0, cached: 4224, peak: 4224, hits: 1, misses: 2)
        allocator.clear()
        expect(used: 0, cached: 0, peak: 4224, hits: 1, misses: 2)
        let d = allocator.allocate(4096)
        expect(used: 4096, cached: 0, peak: 4224, hits: 1, misses: 3)
        allocator.free(d.pointer, capacity: d.capacity)
        allocator.clear()
    }

    /// Sizes that change from one to the next, as a server's requests may: what is held does not grow without end.
    @Test func atMostTwiceTheMostThatWasUsedIsHeld() {
        let allocator = CachingAllocator(isGuarded: false)
        let most = 40 << 20
        for size in stride(from: most, through: 1 << 20, by: -(1 << 20)) {
            let block = allocator.allocate(size)
            allocator.free(block.pointer, capacity: block.capacity)
            #expect(allocator.statistics.cached <= 2 * most + (1 << 20), "\(size)")
        }
        // What is taken again and again is kept.
        let misses = allocator.statistics.misses
        for _ in 0..<3 {
            let block = allocator.allocate(1 << 20)
            allocator.free(block.pointer, capacity: block.capacity)
        }
        #expect(allocator.statistics.misses == misses)
        allocator.clear()
    }

    @Test func theLimitCountsTheCacheAndEmptiesItFirst() {
        let allocator = CachingAllocator()
        #expect(allocator.limit == nil)
        allocator.limit = 10_240
        let a = allocator.allocate(4096)
        allocator.free(a.pointer, capacity: a.capacity)
        let b = allocator.allocate(6144)
        #expect(allocator.statistics.cached == 4096, "both fit")
        allocator.free(b.pointer, capacity: b.capacity)
        let c = allocator.allocate(1024)
        #expect(allocator.statistics.cached == 0 && allocator.statistics.used == 1024, "they did not fit")
        allocator.free(c.pointer, capacity: c.capacity)
        allocator.clear()
    }

    @Test func aLoweredLimitHoldsForCachedBlocksToo() {
        let allocator = CachingAllocator()
        let blocks = (0..<4).map { _ in allocator.allocate(4096) }
        for block in blocks { allocator.free(block.pointer, capacity: block.capacity) }
        allocator.limit = 8192
        let again = allocator.allocate(4096)
        #expect(allocator.statistics.used + allocator.statistics.cached <= 8192)
        allocator.free(again.pointer, capacity: again.capacity)
        allocator.clear()
    }

    @Test func anAllocationOverTheLimitStopsTheProgram() async {
        let fresh = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let allocator = CachingAllocator()
            allocator.limit = 10_000
            _ = allocator.allocate(4096)
            _ = allocator.allocate(8192)
        }
        let message = String(decoding: fresh?.standardErrorContent ?? [], as: UTF8.self)
        #expect(
            message.contains("8192 bytes would take tensors to 12288, over Memory.limit = 10000"),
            "\(message)")
        // A block that is there already is refused just the same.
        await #expect(processExitsWith: .failure) {
            let allocator = CachingAllocator()
            let block = allocator.allocate(1 << 20)
            allocator.free(block.pointer, capacity: block.capacity)
            allocator.limit = 10_000
            _ = allocator.allocate(1 << 20)
        }
    }

    @Test func moreThanAnAddressSpaceStopsTheProgram() async {
        await #expect(processExitsWith: .failure) { _ = CachingAllocator().allocate(Int.max) }
    }

    @Test func manyThreadsNeverShareABlock() async {
        let allocator = CachingAllocator()
        let rounds = 500
        let intact = await withTaskGroup(of: Bool.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    var held: [(pointer: UnsafeMutableRawPointer, capacity: Int, tag: UInt8)] = []
                    var intact = true
                    func giveBack(_ index: Int) {
                        let block = held.remove(at: index)
                        let bytes = UnsafeRawBufferPointer(start: block.pointer, count: block.capacity)
                        if bytes.contains(where: { $0 != block.tag }) { intact = false }
                        allocator.free(block.pointer, capacity: block.capacity)
                    }
                    for round in 0..<rounds {
                        let block = allocator.allocate(64 << (round % 6))
                        let tag = UInt8(truncatingIfNeeded: worker * 31 + round)
                        memset(block.pointer, Int32(tag), block.capacity)
                        held.append((block.pointer, block.capacity, tag))
                        if held.count > 5 { giveBack(round % held.count) }
                        if round % 97 == worker { allocator.clear() }
                        if round % 50 == 0 { await Task.yield() }
                    }
                    while !held.isEmpty { giveBack(0) }
                    return intact
                }
            }
            return await group.reduce(true) { $0 && $1 }
        }
        #expect(intact, "somebody else wrote to a block in use")
        let statistics = allocator.statistics
        #expect(statistics.used == 0 && statistics.hits + statistics.misses == 8 * rounds)
        #expect(statistics.hits > 0 && statistics.peak > 0)
        allocator.clear()
        #expect(allocator.statistics.cached == 0)
    }
}
