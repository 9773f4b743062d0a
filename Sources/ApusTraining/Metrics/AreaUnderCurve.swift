import Apus

/// The area under the receiver operating characteristic: how likely a sample of a class scores higher than one that is not of
/// it, ties counting half (Hanley & McNeil 1982). Of several classes, the mean of each against the rest.
public struct AreaUnderCurve: Metric {
    /// For each class, the scores of its samples and of the others.
    private var scores: [(own: [Double], others: [Double])] = []

    /// An area over no samples.
    public init() {}

    /// `auc`.
    public var name: String { "auc" }

    /// True.
    public var isHigherBetter: Bool { true }

    /// Takes in logits or probabilities [samples, classes] and class numbers [samples]; or one score for each sample, [samples] or
    /// [samples, 1], and targets of 0 and 1.
    public mutating func update(_ result: BatchResult, samples: Int) {
        guard let predictions = result.predictions, let targets = result.targets else {
            fail(
                "AreaUnderCurve", "the objective gives no predictions and targets, which this metric looks at"
            )
        }
        if predictions.rank == 1 || predictions.rank == 2 && predictions.shape[1] == 1 {
            let labels = targets.flatten().array(of: Double.self)
            if labels.count != predictions.count {
                fail("AreaUnderCurve", "\(predictions.count) scores and \(labels.count) targets")
            }
            add([predictions.flatten().array(of: Double.self)]) { sample, _ in labels[sample] > 0.5 }
            return
        }
        let (logits, labels) = classScores(result, of: "AreaUnderCurve")
        if logits.rank != 2 {
            fail("AreaUnderCurve", "scores of shape \(logits.shape); it takes [samples, classes]")
        }
        let classes = labels.array(of: Int.self)
        // Of the samples' scores for a class, probabilities and not logits can be compared: each row has its own offset.
        let shares = logits.softmax(axis: 1)
        add((0..<logits.shape[1]).map { shares[0..., $0].array(of: Double.self) }) { classes[$0] == $1 }
    }

    private mutating func add(_ columns: [[Double]], _ isOwn: (_ sample: Int, _ column: Int) -> Bool) {
        if scores.isEmpty { scores = columns.map { _ in ([], []) } }
        if scores.count != columns.count {
            fail("AreaUnderCurve", "scores of \(columns.count) classes, after scores of \(scores.count)")
        }
        for (column, values) in columns.enumerated() {
            for (sample, value) in values.enumerated() {
                if isOwn(sample, column) {
                    scores[column].own.append(value)
                } else {
                    scores[column].others.append(value)
                }
            }
        }
    }

    /// 0 to 1, 0.5 by chance; NaN where a class has all samples or none.
    public var value: Double {
        if scores.isEmpty { return .nan }
        return scores.map { AreaUnderCurve.area($0.own, $0.others) }.reduce(0, +) / Double(scores.count)
    }

    /// The Mann–Whitney statistic from the ranks, ties having the mean of theirs.
    private static func area(_ own: [Double], _ others: [Double]) -> Double {
        let all = (own.map { ($0, true) } + others.map { ($0, false) }).sorted { $0.0 < $1.0 }
        var ranks = 0.0
        var start = 0
        while start < all.count {
            var end = start
            while end < all.count, all[end].0 == all[start].0 { end += 1 }
            // NaN equals nothing: it stands alone.
            end = max(end, start + 1)
            let rank = Double(start + 1 + end) / 2
            ranks += rank * Double(all[start..<end].count { $0.1 })
            start = end
        }
        let (m, n) = (Double(own.count), Double(others.count))
        return m * n == 0 ? .nan : (ranks - m * (m + 1) / 2) / (m * n)
    }

    /// Forgets all samples.
    public mutating func reset() { scores = [] }
}
