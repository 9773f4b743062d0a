import Synchronization

/// Where the buffers of a computation lie that always asks for the same ones in the same order: made from one run of it,
/// so that later runs need one block of memory.
package struct MemoryPlan: Sendable {
    /// A buffer in the order of requests.
    struct Request: Sendable {
        let byteCount: Int
        /// nil where the buffer outlives the computation, and needs memory of its own.
        let offset: Int?
        /// The requests that lie at the same place, at other times, and this one.
        let neighbors: BitSet
    }

    let requests: [Request]
    /// The size of the block.
    package let byteCount: Int

    /// How many buffers lie in the block.
    package var plannedCount: Int { requests.count { $0.offset != nil } }
    /// The sum of the sizes of those buffers: what they would take without sharing memory.
    package var requestedBytes: Int { requests.reduce(0) { $0 + ($1.offset == nil ? 0 : $1.byteCount) } }

    /// Places buffers from the largest to the smallest, each as low as those allow that live at the same time.
    init(_ lives: [MemoryRecorder.Life]) {
        let alignment = CachingAllocator.alignment
        var offsets = [Int?](repeating: nil, count: lives.count)
        var end = 0
        let order = lives.indices.filter { lives[$0].end != nil }
            .sorted { (lives[$1].byteCount, $0) < (lives[$0].byteCount, $1) }
        var placed: [Int] = []
        for index in order {
            let meets = placed.filter { lives[$0].overlaps(lives[index]) }.sorted {
                offsets[$0]! < offsets[$1]!
            }
            var offset = 0
            for other in meets {
                if offset + lives[index].byteCount <= offsets[other]! { break }
                let after = offsets[other]! + lives[other].byteCount
                offset = max(offset, (after + alignment - 1) / alignment * alignment)
            }
            offsets[index] = offset
            end = max(end, offset + lives[index].byteCount)
            placed.append(index)
        }
        byteCount = end
        requests = lives.indices.map { index in
            guard let offset = offsets[index] else {
                return Request(byteCount: lives[index].byteCount, offset: nil, neighbors: BitSet(count: 0))
            }
            let range = offset..<(offset + lives[index].byteCount)
            var neighbors = BitSet(count: lives.count)
            for other in lives.indices {
                let place = offsets[other].map { $0..<($0 + lives[other].byteCount) }
                neighbors[other] = other == index || place.map { range.overlaps($0) } ?? false
            }
            return Request(byteCount: lives[index].byteCount, offset: offset, neighbors: neighbors)
        }
    }
}

/// A set of numbers from 0 to below a count.
struct BitSet: Sendable {
    private var words: [UInt64]

    init(count: Int) { words = [UInt64](repeating: 0, count: (count + 63) / 64) }

    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    subscript(index: Int) -> Bool {
        get { words[index / 64] >> (index % 64) & 1 == 1 }
        set {
            let bit = UInt64(1) << (index % 64)
            if newValue { words[index / 64] |= bit } else { words[index / 64] &= ~bit }
        }
    }

    /// Whether both have a number.
    func meets(_ other: BitSet) -> Bool {
        for index in words.indices where words[index] & other.words[index] != 0 { return true }
        return false
    }
}

/// Writes down which buffers a computation asks for, and when they are free again.
package final class MemoryRecorder: Sendable {
    /// From which event to which one a buffer is in use.
    struct Life: Sendable {
        let byteCount: Int
        let start: Int
        /// nil where it still is.
        var end: Int?

        func overlaps(_ other: Life) -> Bool {
            start < other.end ?? .max && other.start < end ?? .max
        }
    }

    private let state = Mutex<(lives: [Life], time: Int)>(([], 0))

    package init() {}

    func begin(_ byteCount: Int) -> Int {
        state.locked { state in
            state.time += 1
            state.lives.append(Life(byteCount: byteCount, start: state.time))
            return state.lives.count - 1
        }
    }

    func end(_ index: Int) {
        state.locked { state in
            state.time += 1
            state.lives[index].end = state.time
        }
    }

    package func plan() -> MemoryPlan { MemoryPlan(state.locked { $0.lives }) }
}

/// The memory of one run of a planned computation at a time.
package final class PlannedMemory: Sendable {
    private let plan: MemoryPlan
    private let block: Storage
    private let state: Mutex<(next: Int, isUsed: BitSet)>

    package init(_ plan: MemoryPlan) {
        self.plan = plan
        block = Storage(byteCount: plan.byteCount)
        state = Mutex((0, BitSet(count: plan.requests.count)))
    }

    /// Begins another run.
    package func restart() { state.locked { $0.next = 0 } }

    /// Whether nobody has kept a buffer of the run before.
    package var isFree: Bool { state.locked { $0.isUsed.isEmpty } }

    /// The place of the next buffer; nil where it is not as planned, or somebody still has what lies there.
    func take(_ byteCount: Int) -> (pointer: UnsafeMutableRawPointer, index: Int)? {
        state.locked { state -> Int? in
            let index = state.next
            guard index < plan.requests.count else { return nil }
            let request = plan.requests[index]
            // Once out of step, all that follows is.
            guard request.byteCount == byteCount else {
                state.next = .max
                return nil
            }
            state.next += 1
            if request.offset == nil || request.neighbors.meets(state.isUsed) { return nil }
            state.isUsed[index] = true
            return index
        }.map { (block.pointer + plan.requests[$0].offset!, $0) }
    }

    func giveBack(_ index: Int) { state.locked { $0.isUsed[index] = false } }
}

/// What the tensors of the current task take their memory from; nil is the allocator.
package enum MemorySource: Sendable {
    case recorded(MemoryRecorder)
    case planned(PlannedMemory)

    @TaskLocal package static var current: MemorySource?
    /// How many tasks have one: spares every tensor the task-local read where none does.
    private static let users = Atomic(0)

    @inline(__always)
    static var isAny: Bool { users.load(ordering: .relaxed) > 0 }

    /// Runs `body` with tensors of this task in this memory.
    package func during<R>(_ body: () throws -> R) rethrows -> R {
        MemorySource.users.add(1, ordering: .relaxed)
        defer { MemorySource.users.subtract(1, ordering: .relaxed) }
        return try MemorySource.$current.withValue(self, operation: body)
    }
}
