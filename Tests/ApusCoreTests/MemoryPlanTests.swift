import Testing

@testable import ApusCore

/// Buffers that live at different times share memory; those that live at the same time never do.
@Suite struct MemoryPlanTests {
    /// A computation: buffers that begin (a size) and end (their number).
    private enum Step {
        case begin(Int)
        case end(Int)
    }

    private static func plan(_ steps: [Step]) -> MemoryPlan {
        let recorder = MemoryRecorder()
        for step in steps {
            switch step {
            case .begin(let size): _ = recorder.begin(size)
            case .end(let index): recorder.end(index)
            }
        }
        return recorder.plan()
    }

    @Test func aChainTakesTwoBuffers() {
        let plan = Self.plan([
            .begin(1024), .begin(1024), .end(0), .begin(1024), .end(1), .begin(1024), .end(2), .end(3),
        ])
        #expect(plan.byteCount == 2048)
        #expect(plan.plannedCount == 4 && plan.requestedBytes == 4096)
    }

    @Test func whatOutlivesTheRunHasMemoryOfItsOwn() {
        let plan = Self.plan([.begin(512), .begin(256), .end(0)])
        #expect(plan.byteCount == 512 && plan.plannedCount == 1)
        let memory = PlannedMemory(plan)
        #expect(memory.take(512) != nil)
        #expect(memory.take(256) == nil)
    }

    /// Random computations: buffers that share memory at the same time would show here.
    @Test(arguments: 0..<50)
    func buffersInUseNeverMeet(_ seed: Int) {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var steps: [Step] = []
        var live: [Int] = []
        var count = 0
        for _ in 0..<200 {
            if live.isEmpty || random(5) < 3 {
                steps.append(.begin(1 + random(5000)))
                live.append(count)
                count += 1
            } else {
                steps.append(.end(live.remove(at: random(live.count))))
            }
        }
        for index in live { steps.append(.end(index)) }
        let plan = Self.plan(steps)
        let memory = PlannedMemory(plan)
        for _ in 0..<2 {
            memory.restart()
            var used: [Int: Range<UInt>] = [:]
            var next = 0
            for step in steps {
                switch step {
                case .begin(let size):
                    let found = memory.take(size)
                    #expect(found != nil)
                    guard let (pointer, index) = found else { return }
                    let range = UInt(bitPattern: pointer)..<(UInt(bitPattern: pointer) + UInt(size))
                    #expect(!used.values.contains { $0.overlaps(range) })
                    #expect(index == next && UInt(bitPattern: pointer) % 64 == 0)
                    used[next] = range
                    next += 1
                case .end(let index):
                    memory.giveBack(index)
                    used[index] = nil
                }
            }
            #expect(memory.isFree)
        }
    }

    @Test func aBufferThatSomebodyKeepsIsNotGivenToAnother() {
        let plan = Self.plan([.begin(64), .end(0), .begin(64), .end(1)])
        #expect(plan.byteCount == 64)
        let memory = PlannedMemory(plan)
        #expect(memory.take(64) != nil)
        #expect(memory.take(64) == nil, "the first is still in use")
        memory.restart()
        #expect(memory.take(64) == nil, "and in the next run")
        memory.giveBack(0)
        memory.restart()
        #expect(memory.take(64) != nil)
    }

    @Test func aRunThatAsksForSomethingElseIsNotPlanned() {
        let plan = Self.plan([.begin(64), .end(0), .begin(128), .end(1)])
        let memory = PlannedMemory(plan)
        #expect(memory.take(65) == nil)
        #expect(memory.take(128) == nil)
        memory.restart()
        #expect(memory.take(64) != nil)
    }

    @Test func storagesTakeWhatIsPlanned() {
        func compute() -> [UInt] {
            let first = Storage.forElements(byteCount: 1000)
            let second = Storage.forElements(byteCount: 2000)
            return [first, second].map { UInt(bitPattern: $0.pointer) }
        }
        let recorder = MemoryRecorder()
        _ = MemorySource.recorded(recorder).during(compute)
        let memory = PlannedMemory(recorder.plan())
        let first = MemorySource.planned(memory).during(compute)
        memory.restart()
        #expect(MemorySource.planned(memory).during(compute) == first)
        #expect(memory.isFree)
    }
}
