import Apus
import Glibc
import Synchronization
import Testing
import _ApusRankCheck

@testable import ApusDistributed

/// Ranks on threads: everything that groups do, and what happens when a rank does something else.
@Suite struct ThreadGroupTests {
    @Test(arguments: 1...8)
    func everythingIsRight(size: Int) throws {
        _ = try ThreadGroup.run(size: size) { try GroupChecks($0, addsInOrder: true).run() }
    }

    @Test func resultsComeInTheOrderOfRanks() throws {
        let ranks = try ThreadGroup.run(size: 5) { [$0.rank, $0.size, $0.localRank, $0.localSize] }
        #expect(ranks == (0..<5).map { [$0, 5, $0, 5] })
    }

    private struct Trouble: Error {}

    @Test func aRankThatThrowsEndsTheOthers() throws {
        let ended = Mutex<[Int]>([])
        let error = #expect(throws: RankErrors.self) {
            try ThreadGroup.run(size: 4) { group in
                try group.barrier()
                if group.rank == 2 { throw Trouble() }
                do {
                    _ = try group.sum(Tensor.zeros([3]))
                } catch let error as DistributedError {
                    #expect(error.kind == .rankEnded(2))
                    ended.withLock { $0.append(group.rank) }
                    throw error
                }
            }
        }
        let failed = error.map { Array($0.errors.keys) }
        #expect(failed == [2])
        #expect(error?.errors[2] is Trouble)
        #expect(ended.withLock { $0.sorted() } == [0, 1, 3])
    }

    @Test func aRankThatReturnsEndsTheOthers() throws {
        let error = #expect(throws: RankErrors.self) {
            try ThreadGroup.run(size: 3) { if $0.rank != 0 { try $0.barrier() } }
        }
        let failed = error.map { $0.errors.keys.sorted() }
        #expect(failed == [1, 2])
        #expect(
            error?.description.hasPrefix("rank 1: rank 0 has ended, rank 1 waits for it: barrier\n") == true)
    }

    @Test func differentCallsAreNamed() throws {
        let error = #expect(throws: RankErrors.self) {
            try ThreadGroup.run(size: 2) { group in
                if group.rank == 0 {
                    _ = try group.sum(Tensor.zeros([12]))
                } else {
                    _ = try group.sum(Tensor.zeros([13], dtype: .bfloat16))
                }
            }
        }
        let reason = """
            ranks called different things: rank 0: sum of 12 elements of float32, rank 1: sum of 13 elements of bfloat16
            """
        for rank in 0..<2 {
            #expect((error?.errors[rank] as? DistributedError)?.description == reason)
            #expect((error?.errors[rank] as? DistributedError)?.kind == .mismatch)
        }
        #expect(throws: RankErrors.self) {
            try ThreadGroup.run(size: 2) { _ = try $0.broadcast(Tensor.zeros([2]), from: $0.rank) }
        }
        #expect(throws: RankErrors.self) {
            try ThreadGroup.run(size: 2) { _ = try $0.makeBuffer(byteCount: 10 + $0.rank) }
        }
    }

    /// A rank that is ahead waits, however long the others take.
    @Test func aBarrierWaitsForAll() throws {
        let arrived = Atomic(0)
        let seen = try ThreadGroup.run(size: 6) { group in
            var seen: [Int] = []
            for round in 0..<200 {
                if round % 6 == group.rank { usleep(100) }
                arrived.add(1, ordering: .relaxed)
                try group.barrier()
                seen.append(arrived.load(ordering: .relaxed))
                try group.barrier()
            }
            return seen
        }
        let expected = (1...200).map { $0 * 6 }
        for ranks in seen { #expect(ranks == expected) }
    }

    /// Sums of the same numbers have the same bits in each run, whichever rank is late.
    @Test func sumsAreReproducible() throws {
        func run(late: Int) throws -> [[UInt8]] {
            try ThreadGroup.run(size: 3) { group in
                let generator = RandomGenerator(seed: UInt64(group.rank))
                let own = withRandomGenerator(generator) { Tensor.normal([10_001]) }
                if group.rank == late { usleep(2000) }
                return try group.sum(own).withUnsafeBytes { Array($0) }
            }
        }
        let first = try run(late: 0)
        #expect(first[0] == first[1] && first[0] == first[2])
        for late in 1..<3 { #expect(try run(late: late) == first) }
    }

    /// Denormal numbers count as zeros, as they do when tensors are added.
    @Test func denormalNumbersAreZeros() throws {
        let sums = try ThreadGroup.run(size: 2) { try $0.sum(Tensor([Float(1e-40), 1], shape: [2])) }
        for sum in sums { #expect(sum.array(of: Float.self) == [0, 2]) }
    }

    @Test func mistakesStopTheProgram() async {
        await #expect(processExitsWith: .failure) {
            _ = try SoloGroup().sum(Tensor([1, 2], dtype: .int64))
        }
        await #expect(processExitsWith: .failure) {
            let group = SoloGroup()
            try group.sum(try group.makeBuffer(byteCount: 8), count: 3, as: .float32)
        }
        await #expect(processExitsWith: .failure) {
            _ = try SoloGroup().broadcast(Tensor([1, 2]), from: 1)
        }
    }
}
