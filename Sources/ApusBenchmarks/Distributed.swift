import Apus
import ApusDistributed
import Glibc

/// What two processes do together, against MPI's own all-reduce in the same processes.
struct RankBenchmark: Sendable {
    let name: String
    /// float32 numbers.
    let count: Int
}

let allRankBenchmarks = [
    RankBenchmark(name: "distributed sum 1 KB", count: 250),
    RankBenchmark(name: "distributed sum 100 KB", count: 25_000),
    RankBenchmark(name: "distributed sum 1 MB", count: 250_000),
    RankBenchmark(name: "distributed sum 10 MB", count: 2_500_000),
    RankBenchmark(name: "distributed sum 100 MB", count: 25_000_000),
]

extension RankBenchmark {
    /// Runs as a rank under `mpirun`. Rank 0 prints the medians of so many rounds, milliseconds: ours and MPI's own.
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
