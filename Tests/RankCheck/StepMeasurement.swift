import Apus
import ApusDistributed
import ApusModels
import ApusNN
import Foundation
import Synchronization

/// What training steps of ResNet-18 with pictures of 3×112×112 take where ranks sum their gradients, beside what `StepTimeline`
/// predicts of steps without sums.
///
/// All ranks run a step alone, sums alone, and a step with sums, in turns. The slowest rank counts.
struct StepMeasurement {
    private let group: any ProcessGroup
    private let network: Network?
    private let exchange: Exchange

    /// - Parameters:
    ///   - network: between nodes, of which each has one rank then; nil where all ranks are on one.
    ///   - exchange: how sums are made between them.
    init(_ group: any ProcessGroup, _ network: Network?, _ exchange: Exchange) {
        (self.group, self.network) = (group, network)
        self.exchange = network == nil ? .hierarchical : exchange
    }

    /// A table of milliseconds.
    func run(turns: Int, images count: Int) throws -> String {
        let model = ResNet(.resNet18)
        let images = Tensor.uniform([count, 3, 112, 112], low: 0, high: 1)
        let labels = Tensor((0..<count).map { $0 })
        let parallel = try DataParallel(
            model, in: group, bucketBytes: nil, overlaps: network != nil)
        func loss() -> Tensor { model(images).softmaxCrossEntropy(labels) }

        let memory = group.rank == 0 ? try Network.measuredMemory() : .ethernet(gigabits: 1)
        try group.barrier()
        let own = StepTimeline(of: model, loss: loss)
        let timeline = own.scaled(toSeconds: try ofAllRanks(own.seconds).max()!)
        func end(overlaps: Bool) -> Double {
            timeline.seconds(
                processes: group.size, exchange, network ?? memory, memory: memory, overlaps: overlaps)
        }
        let (alone, after, beside) = (timeline.seconds, end(overlaps: false), end(overlaps: network != nil))

        // The buckets' order is known after the first.
        _ = try parallel.backward(loss())
        var measured = [[Double]](repeating: [], count: 5)
        let gradients = LastGradient(of: model)
        for _ in 0..<turns {
            model.zeroGradients()
            let pass = try milliseconds { loss().backward() }
            // Of what that has collected.
            let sums = try milliseconds { _ = try parallel.backward(nil) }
            model.zeroGradients()
            var wait = 0.0
            let both = try milliseconds {
                _ = try parallel.backward(loss())
                // Who is last with its pass waits only for the sums.
                wait = try ofAllRanks(gradients.millisecondsSince).min()!
            }
            for (index, value) in [pass, sums, both, wait, 100 * (1 - wait / sums)].enumerated() {
                measured[index].append(value)
            }
        }
        let predicted = [
            alone * 1e3, (after - alone) * 1e3, beside * 1e3, (beside - alone) * 1e3,
            100 * (1 - (beside - alone) / (after - alone)),
        ]
        let names = [
            "step alone", "sums alone", "step with sums", "of that after the pass", "% of the sums hidden",
        ]
        // Within a node nothing is hidden.
        let rows = names.indices.dropLast(network == nil ? 1 : 0).map { index in
            let values = measured[index].sorted()
            return names[index].padding(toLength: 24, withPad: " ", startingAt: 0)
                + String(
                    format: "%9.1f %9.1f  (%.1f to %.1f)", predicted[index], values[values.count / 2],
                    values[0], values.last!)
        }
        let place =
            network.map { "each on a node of its own, \(exchange.rawValue), \($0.name)" } ?? "on one node"
        return """
            \(group.size) processes, \(place); \(count) pictures each, \(String(format: "%.1f", timeline.bytes / 1e6)) MB of gradients
            milliseconds            predicted  measured, median of \(turns) (least to most)
            \(rows.joined(separator: "\n"))
            """
    }

    private func ofAllRanks(_ value: Double) throws -> [Double] {
        try group.sum(Tensor((0..<group.size).map { $0 == group.rank ? value : 0 })).array(of: Double.self)
    }

    /// Until the slowest is done.
    private func milliseconds(_ body: () throws -> Void) throws -> Double {
        try group.barrier()
        let time = try ContinuousClock().measure {
            try body()
            try group.barrier()
        }
        return time / .milliseconds(1)
    }
}

/// When a backward pass collected its last gradient.
private final class LastGradient: Sendable {
    private let time = Mutex(ContinuousClock.now)

    init(of model: Module) {
        for parameter in model.parameters() {
            _ = parameter.value.registerCollectionHook { [weak self] _ in
                self?.time.withLock { $0 = .now }
            }
        }
    }

    var millisecondsSince: Double { time.withLock { $0 }.duration(to: .now) / .milliseconds(1) }
}
