import Apus
import ApusDistributed
import Glibc

/// What two processes do together. Each runs it as a rank under `mpirun`; rank 0 prints the medians of so many rounds, milliseconds.
struct RankBenchmark: Sendable {
    let name: String
    let run: @Sendable (_ rounds: Int, _ milliseconds: Double) throws -> Void
}

/// Sums of so many float32 numbers, and MPI's own in the same processes.
let rankSums = [
    ("1 KB", 250), ("100 KB", 25_000), ("1 MB", 250_000), ("10 MB", 2_500_000), ("100 MB", 25_000_000),
].map { size, count in
    RankBenchmark(name: "distributed sum \(size)") {
        try RankSum(count: count).run(rounds: $0, milliseconds: $1)
    }
}

let allRankBenchmarks = rankSums + rankSteps

/// A sum in a buffer, against MPI's own all-reduce in the same processes.
private struct RankSum {
    /// float32 numbers.
    let count: Int

    /// Rank 0 prints two medians: ours and MPI's own.
    ///
    /// MPI's own sums ordinary memory, as programs have it.
    func run(rounds: Int, milliseconds target: Double) throws {
        let group = try MPIGroup.start()
        let buffer = try group.makeBuffer(byteCount: count * 4)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: count * 4, alignment: 64)
        let form = SumForm(.float32, "sum")
        let contestants: [(memory: UnsafeMutableRawPointer, sum: () throws -> Void)] = [
            (buffer.bytes.baseAddress!, { try group.sum(buffer, count: count, as: .float32) }),
            (memory, { try group.librarySum(memory, count, form) }),
        ]
        let clock = ContinuousClock()
        // Each rank has just written all of its own, as a backward pass has.
        func measure(_ contestant: Int, _ iterations: Int) throws -> Double {
            let (memory, sum) = contestants[contestant]
            var time = Duration.zero
            for _ in 0..<iterations {
                memset(memory, 0, count * 4)
                try group.barrier()
                time += try clock.measure { try sum() }
            }
            return time / .milliseconds(1) / Double(iterations)
        }
        var (iterations, times) = ([1, 1], [[Double]](repeating: [], count: 2))
        for contestant in 0..<2 {
            _ = try measure(contestant, 3)
            let each = try measure(contestant, 10)
            let wanted = Tensor(max(1, target / each), dtype: .float64)
            iterations[contestant] = Int(try group.broadcast(wanted).item(as: Double.self))
        }
        for round in 0..<rounds {
            for contestant in round % 2 == 0 ? [0, 1] : [1, 0] {
                times[contestant].append(try measure(contestant, iterations[contestant]))
            }
        }
        if group.rank == 0 { print(times.map { String($0.sorted()[rounds / 2]) }.joined(separator: "\t")) }
        memory.deallocate()
        try group.finish()
    }
}
