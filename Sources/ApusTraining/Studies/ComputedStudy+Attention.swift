import Apus
import ApusModels
import ApusNN
import Foundation

extension ComputedStudy {
    /// What attention costs by the length of the sequence, and from where on which costs less: with all scores in memory, in tiles, linear, and linear
    /// between groups.
    static let attention = ComputedStudy(
        name: "attention", about: "time and memory of four kinds of attention, by the length of the sequence"
    ) { report in
        let lengths = (7...13).map { 1 << $0 }
        let kinds: [(name: String, layer: any Layer)] = [
            ("softmax", QuadraticAttention(CausalAttention(256, heads: 4))),
            ("in tiles", CausalAttention(256, heads: 4)),
            ("linear", LinearAttention(256, heads: 4, isCausal: true)),
            ("FLASH", FLASH(256, isCausal: true)),
        ]
        var costs = kinds.map { _ in [AttentionCost]() }
        for length in lengths {
            for (index, kind) in kinds.enumerated() { costs[index].append(AttentionCost(kind.layer, length)) }
            let times = zip(kinds, costs).map {
                String(format: "%@ %.1f ms", $0.name, $1[$1.count - 1].milliseconds)
            }
            try report("\(length) positions: " + times.joined(separator: ", "))
        }
        let rows = lengths.indices.map { row in
            [Progress.thousands(lengths[row])]
                + costs.map { String(format: "%.1f", $0[row].milliseconds) }
                + costs.map { String(format: "%.1f", $0[row].megabytes) }
        }
        let header =
            ["positions"] + kinds.map { "\($0.name), ms" } + kinds.map { "\($0.name), MB" }
        let series = zip(kinds, costs).map { kind, costs in
            LinePlot.Series(
                name: kind.name, points: zip(lengths, costs).map { (Double($0), $1.milliseconds) })
        }
        let pairs = [(1, 0), (2, 1), (3, 1), (2, 3)]
        let crossings = pairs.map { less, more in
            let place = crossing(lengths, costs[less].map(\.milliseconds), costs[more].map(\.milliseconds))
            return "\(kinds[less].name) costs less than \(kinds[more].name) \(place)"
        }
        return Results(
            heading: "What does attention cost?\n"
                + "A causal layer of 256 channels, one sequence, forward and with all gradients. By time, "
                + crossings.joined(separator: "; ") + ".",
            table: MarkdownTable(header: header, rows: rows).description,
            svg: LinePlot(
                title: "milliseconds, with gradients", series: series, axis: "positions", scale: .logarithmic
            ).svg)
    }

    /// From which length on one costs less than another, on straight lines between measurements in logarithms.
    private static func crossing(_ lengths: [Int], _ less: [Double], _ more: [Double]) -> String {
        guard let last = lengths.indices.last(where: { less[$0] >= more[$0] }) else {
            return "at all lengths"
        }
        if last == lengths.count - 1 { return "at none of these lengths" }
        let (before, after) = (log(less[last] / more[last]), log(less[last + 1] / more[last + 1]))
        let length = Double(lengths[last]) * pow(2, before / (before - after))
        return "from \(Progress.thousands(Int(length.rounded()))) positions on"
    }
}

/// What a layer takes for a sequence, forward and with all gradients.
private struct AttentionCost {
    let milliseconds: Double
    /// More than there was before, at the most.
    let megabytes: Double

    init(_ layer: any Layer, _ length: Int) {
        let x = Tensor.normal([1, length, 256], using: RandomGenerator(seed: 0)).requiringGradient()
        let clock = ContinuousClock()
        var (best, most) = (Double.infinity, 0)
        // The first finds libraries' caches empty.
        for _ in 0..<4 {
            let before = Memory.statistics.used
            Memory.resetPeak()
            let time = clock.measure {
                layer(x).sum().backward()
                layer.zeroGradients()
                x.grad = nil
            }
            best = min(best, time / .milliseconds(1))
            most = max(most, Memory.statistics.peak - before)
        }
        (milliseconds, megabytes) = (best, Double(most) / 1e6)
    }
}

/// A causal attention with all scores in memory, as formulas have it.
private final class QuadraticAttention: Module, Layer {
    private let attention: CausalAttention

    init(_ attention: CausalAttention) { self.attention = attention }

    func forward(_ x: Tensor) -> Tensor {
        let (heads, steps) = (attention.heads, x.shape[1])
        let parts = attention.projection(x).reshape([x.shape[0], steps, 3, heads, -1])
            .permute([2, 0, 3, 1, 4]).unbind()
        let size = parts[0].shape[3]
        let (q, k) = (parts[0].rotaryEmbedding(pairs: .halves), parts[1].rotaryEmbedding(pairs: .halves))
        let scores = q.matmul(k.transpose(-1, -2)) / Double(size).squareRoot()
        let isLater = Tensor.ones([steps, steps], dtype: .bool).triu(1)
        let weights = scores.maskedFill(isLater, -Double.infinity).softmax(axis: -1)
        let mixed = weights.matmul(parts[2]).transpose(1, 2)
        return attention.outProjection(mixed.reshape(x.shape))
    }
}
