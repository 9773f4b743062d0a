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
        let memory = try Network.measuredMemory()
        try report(
            String(
                format: "sums of two threads in memory: α %.1f µs, β %.1f GB/s", memory.latency * 1e6,
                memory.bandwidth / 1e9))
        let networks = [10.0, 25, 100, 400].map(Network.ethernet)
        let counts = (1...10).map { 1 << $0 }
        var rows: [[String]] = []
        var plotted: [LinePlot.Series] = []
        var example: [StepTimeline.SentBucket] = []
        var overlap = ""
        for (model, batch, step) in models {
            var (name, timeline) = (model, try timeline(model, batch))
            if let step {
                name += " in \(Int(step * 1e3)) ms"
                timeline = timeline.scaled(toSeconds: step)
            }
            try report(
                String(
                    format: "%@: %.1f MB of gradients, a step of %.0f ms", name, timeline.bytes / 1e6,
                    timeline.seconds * 1e3))
            func share(
                _ processes: Int, _ exchange: Exchange, _ network: Network, overlaps: Bool = true
            ) -> Double {
                let together = timeline.seconds(
                    processes: processes, exchange, network, memory: memory, overlaps: overlaps)
                return 100 * timeline.seconds / together
            }
            for network in networks {
                for exchange in Exchange.allCases {
                    rows.append(
                        [name, network.name, exchange.rawValue]
                            + [percent(share(64, exchange, network, overlaps: false))]
                            + counts.map { percent(share($0, exchange, network)) })
                }
            }
            plotted.append(
                LinePlot.Series(
                    name: name, points: counts.map { (Double($0), share($0, .ring, networks[0])) }))
            if name == "resnet18" {
                example = timeline.buckets(processes: 2, .ring, networks[0], memory: memory)
                overlap = plot(of: timeline, example)
            }
        }
        return Results(
            heading: "What do many machines give?\n"
                + "The share of a step in which processes compute, predicted from when the gradients of a backward pass on this machine were there, "
                + "with messages of 30 µs and nine tenths of the line's bytes",
            table: MarkdownTable(
                header: ["model", "network", "exchange", "64, no overlap"] + counts.map { "\($0)" },
                rows: rows
            ).description + "\n\nThe buckets of resnet18 between two machines at 10 Gbit/s:\n\n"
                + table(of: example),
            svg: LinePlot(
                title: "time in which processes compute, %: a ring at 10 Gbit/s", series: plotted,
                axis: "processes", scale: .logarithmicAxis
            ).svg,
            more: ["overlap.svg": overlap])
    }

    /// Models of pictures, with how many pictures a process has in a step. The last is as on a device that takes its step in a tenth
    /// of a second: beside a processor's steps any network is fast.
    private static let models: [(name: String, pictures: Int, seconds: Double?)] = [
        ("mnist-mlp", 128, nil), ("mobilenet_v2", 8, nil), ("efficientnet_b0", 8, nil), ("resnet18", 8, nil),
        ("hornet_tiny_7x7", 4, nil), ("resnet50", 4, nil), ("resnet50", 4, 0.1),
    ]

    private static func timeline(_ name: String, _ batch: Int) throws -> StepTimeline {
        let model = try NamedModel.named(name)
        let input = Tensor.normal([batch] + model.input.dropFirst(), using: RandomGenerator(seed: 0))
        func steps(_ layer: some Layer) -> StepTimeline {
            StepTimeline(of: layer as! Module) { layer(input).square().mean() }
        }
        return steps(try model.make())
    }

    private static func table(of buckets: [StepTimeline.SentBucket]) -> String {
        func milliseconds(_ seconds: Double) -> String { String(format: "%.1f", seconds * 1e3) }
        return MarkdownTable(
            header: ["bucket", "MB", "full, ms", "sent", "summed"],
            rows: buckets.enumerated().map { index, bucket in
                ["\(index + 1)", String(format: "%.1f", bucket.bytes / 1e6)]
                    + [bucket.ready, bucket.sent, bucket.done].map(milliseconds)
            }
        ).description
    }

    /// Megabytes that have been computed, and that have been summed: between the two curves is what waits.
    private static func plot(of timeline: StepTimeline, _ buckets: [StepTimeline.SentBucket]) -> String {
        var (computed, summed) = ([(x: 0.0, y: 0.0)], [(x: 0.0, y: 0.0)])
        var total = 0.0
        for gradient in timeline.gradients {
            computed.append((gradient.ready * 1e3, total))
            total += gradient.bytes / 1e6
            computed.append((gradient.ready * 1e3, total))
        }
        total = 0
        for bucket in buckets {
            summed.append((bucket.sent * 1e3, total))
            total += bucket.bytes / 1e6
            summed.append((bucket.done * 1e3, total))
        }
        return LinePlot(
            title: "resnet18: MB of gradients, two machines at 10 Gbit/s",
            series: [
                LinePlot.Series(name: "computed", points: computed),
                LinePlot.Series(name: "summed", points: summed),
            ], axis: "ms after the step's beginning"
        ).svg
    }

    private static func percent(_ share: Double) -> String { String(format: "%.0f %%", share) }
}
