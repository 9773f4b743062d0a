import Apus
import ApusDistributed
import Glibc

/// What tests start under `mpirun`: a rank of a group that checks itself, or fails in the way that it is told.
///
///     checks [--ranks-per-node N] [--exchange ring|halving] [--road window|library]
///     train STEPS   [options as above] trains small models
///     steps TURNS PICTURES [--gigabits N]  prints what steps of ResNet-18 and their sums take, and what was predicted:
///                   of ranks on one node, or each on its own with a line of so many gigabits a second
///     info          prints rank, size, local rank and local size
///     abort CODE    rank 1 aborts while the others wait
///     mismatch      rank 1 sums more than the others
///     leave         rank 1 finishes while the others wait
@main
enum RankCheck {
    static func main() {
        do {
            try run(Array(CommandLine.arguments.dropFirst()))
        } catch {
            print("failed: \(error)")
            fflush(nil)
            _exit(1)
        }
    }

    private static func run(_ arguments: [String]) throws {
        func option(_ name: String) -> String? {
            arguments.firstIndex(of: name).map { arguments[$0 + 1] }
        }
        let road = option("--road").map { SumRoad(rawValue: $0)! } ?? .window
        let group = try MPIGroup.start(
            road: road, ranksPerNode: option("--ranks-per-node").map { Int($0)! },
            exchange: option("--exchange").map { LeaderExchange(rawValue: $0)! })
        switch arguments.first {
        case "checks":
            try GroupChecks(group, addsInOrder: road == .window && group.localSize == group.size).run()
        case "train":
            try TrainingChecks(group).run(steps: Int(arguments[1])!)
        case "steps":
            let network = option("--gigabits").map { Network.ethernet(gigabits: Double($0)!) }
            let exchange = option("--exchange").map { Exchange(rawValue: $0)! } ?? .ring
            let times = try StepMeasurement(group, network, exchange).run(
                turns: Int(arguments[1])!, images: Int(arguments[2])!)
            if group.rank == 0 { print(times) }
        case "info":
            print("rank \(group.rank) of \(group.size), \(group.localRank) of \(group.localSize)")
        case "abort":
            if group.rank == 1 { group.abort(code: Int32(arguments[1])!) }
            try group.barrier()
        case "mismatch":
            _ = try group.sum(Tensor.zeros([group.rank == 1 ? 13 : 12]))
        case "trap":
            if group.rank == 1 { _ = Tensor.ones([2, 3]).matmul(.ones([2, 3])) }
            try group.barrier()
        case "leave":
            if group.rank == 1 {
                try group.finish()
                return
            }
            do {
                try group.barrier()
            } catch {
                print("failed: \(error)")
            }
        default:
            throw GroupChecks.Failure(description: "unknown arguments: \(arguments)")
        }
        try group.finish()
        print("ok \(group.rank).")
    }
}
