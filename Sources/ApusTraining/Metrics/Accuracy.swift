import Apus

/// The share of samples whose most likely class is the right one; with `k` above 1, one of the k most likely.
public struct Accuracy: Metric {
    /// How many of the most likely classes count as right.
    public let k: Int
    private var right = 0
    private var count = 0

    /// - Parameter k: how many of the most likely classes count as right; 1 or more.
    public init(top k: Int = 1) {
        if k < 1 { fail("Accuracy", "top \(k); it must be 1 or more") }
        self.k = k
    }

    /// `accuracy`, or `top5_accuracy`.
    public var name: String { k == 1 ? "accuracy" : "top\(k)_accuracy" }

    /// True.
    public var isHigherBetter: Bool { true }

    /// Takes in logits or probabilities [samples, classes, …] and class numbers [samples, …].
    public mutating func update(_ result: BatchResult, samples: Int) {
        let (scores, labels) = classScores(result, of: "Accuracy")
        if k == 1 {
            right += (scores.argmax(axis: 1) .== labels).sum().item(as: Int.self)
        } else {
            let best = scores.topK(min(k, scores.shape[1]), axis: 1).indices
            right += (best .== labels.unsqueeze(1)).sum().item(as: Int.self)
        }
        count += labels.count
    }

    /// The share of right samples, 0 to 1.
    public var value: Double { count == 0 ? .nan : Double(right) / Double(count) }

    /// Forgets all samples.
    public mutating func reset() { (right, count) = (0, 0) }
}

/// The scores [samples, classes, …] and the class numbers [samples, …] of a batch; the program stops where they are not there
/// or do not fit.
func classScores(_ result: BatchResult, of metric: String) -> (scores: Tensor, labels: Tensor) {
    guard let scores = result.predictions, let labels = result.targets else {
        fail(metric, "the objective gives no predictions and targets, which this metric looks at")
    }
    var expected = scores.shape
    if scores.rank > 1 { expected.remove(at: 1) }
    if scores.rank < 2 || labels.shape != expected || !labels.dtype.isInteger {
        fail(
            metric,
            "predictions of shape \(scores.shape) and \(labels.dtype) targets of shape \(labels.shape): it takes scores "
                + "[samples, classes, …] and class numbers [samples, …]")
    }
    return (scores, labels)
}
