import Apus
import ApusDistributed
import ApusModels
import ApusNN
import Foundation

extension ComputedStudy {
    /// What many machines give: real backward passes of this one, and sums that are reckoned.
    static let scalingOut = ComputedStudy(
        name: "scaling-out",
        about: "how much of their time many machines compute, by the network between them"
    ) { report in
        let memory = try measuredMemory()
        try report(
            String(
                format: "sums of two threads in memory: α %.1f µs, β %.1f GB/s", memory.latency * 1e6,
                memory.bandwidth / 1e9))
        let networks = [10.0, 25, 100, 400].map(Network.ethernet)
        let counts = (1...10).map { 1 << $0 }
        var rows: [[String]] = []
        var plotted: [LinePlot.Series] = []
        for (name, batch) in models {
            let timeline = try timeline(name, batch)
            try report(
                String(
                    format: "%@: %.1f MB of gradients, a step of %.0f ms", name, timeline.bytes / 1e6,
                    timeline.seconds * 1e3))
            for network in networks {
                for exchange in Exchange.allCases {
                    func share(_ processes: Int, overlaps: Bool = true) -> Double {
                        timeline.efficiency(
                            processes: processes, exchange, network, memory: memory, overlaps: overlaps)
                    }
                    rows.append(
                        [name, network.name, exchange.rawValue, percent(share(64, overlaps: false))]
                            + [2, 16, 64, 256, 1024].map { percent(share($0)) })
                }
            }
            let network = networks[0]
            plotted.append(
                LinePlot.Series(
                    name: name,
                    points: counts.map {
                        let share = timeline.efficiency(processes: $0, .ring, network, memory: memory)
                        return (Double($0), 100 * share)
                    }))
        }
        return Results(
            heading: "What do many machines give?\n"
                + "The share of a step in which processes compute, predicted from when the gradients of a backward pass on this machine were there, "
                + "with messages of 30 µs and nine tenths of the line's bytes",
            table: MarkdownTable(
                header: ["model", "network", "exchange", "64, no overlap", "2", "16", "64", "256", "1,024"],
                rows: rows
            ).description,
            svg: LinePlot(
                title: "computing, % of the time: a ring at 10 Gbit/s", series: plotted, axis: "processes",
                isLogarithmic: true
            ).svg)
    }

    /// Models of pictures, with how many pictures a process has in a step.
    private static let models = [
        ("mnist-mlp", 128), ("mobilenet_v2", 8), ("efficientnet_b0", 8), ("resnet18", 8),
        ("hornet_tiny_7x7", 4), ("resnet50", 4),
    ]

    private static func timeline(_ name: String, _ batch: Int) throws -> StepTimeline {
        let model = try NamedModel.named(name)
        let shape = [batch] + model.input.dropFirst()
        func step(_ layer: some Layer) -> StepTimeline {
            StepTimeline(layer, input: .normal(shape, using: RandomGenerator(seed: 0)))
        }
        return step(try model.make())
    }

    /// What sums between two threads take here: as much as between two processes of a machine, which share memory as well.
    private static func measuredMemory() throws -> Network {
        func seconds(_ count: Int, _ times: Int) throws -> Double {
            try ThreadGroup.run(size: 2) { group in
                let buffer = try group.makeBuffer(byteCount: count * 4)
                let clock = ContinuousClock()
                var best = Double.infinity
                for _ in 0..<5 {
                    try group.barrier()
                    let time = try clock.measure {
                        for _ in 0..<times { try group.sum(buffer, count: count, as: .float32) }
                    }
                    best = min(best, time / .seconds(times))
                }
                return best
            }.max()!
        }
        let (small, large) = (try seconds(256, 1000), try seconds(6_250_000, 4))
        return Network(name: "memory", latency: small, bandwidth: 25e6 / max(large - small, 1e-9))
    }

    private static func percent(_ share: Double) -> String { String(format: "%.0f %%", 100 * share) }
}
