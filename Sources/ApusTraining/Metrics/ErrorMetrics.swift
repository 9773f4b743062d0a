import Apus
import Glibc

// How far numbers are from their targets.

/// The mean of the squared differences between predictions and targets.
public struct MeanSquaredError: Metric {
    private var sum = 0.0
    private var count = 0

    /// An error over no samples.
    public init() {}

    /// `mse`.
    public var name: String { "mse" }
    /// False.
    public var isHigherBetter: Bool { false }
    /// Takes in predictions and targets of one shape.
    public mutating func update(_ result: BatchResult, samples: Int) {
        let difference = differences(result, of: "MeanSquaredError")
        sum += difference.square().sum().item(as: Double.self)
        count += difference.count
    }
    /// In the square of the targets' unit; NaN before the first sample.
    public var value: Double { count == 0 ? .nan : sum / Double(count) }
    /// Forgets all samples.
    public mutating func reset() { (sum, count) = (0, 0) }
}

/// The mean magnitude of the differences between predictions and targets.
public struct MeanAbsoluteError: Metric {
    private var sum = 0.0
    private var count = 0

    /// An error over no samples.
    public init() {}

    /// `mae`.
    public var name: String { "mae" }
    /// False.
    public var isHigherBetter: Bool { false }
    /// Takes in predictions and targets of one shape.
    public mutating func update(_ result: BatchResult, samples: Int) {
        let difference = differences(result, of: "MeanAbsoluteError")
        sum += difference.abs().sum().item(as: Double.self)
        count += difference.count
    }
    /// In the targets' unit; NaN before the first sample.
    public var value: Double { count == 0 ? .nan : sum / Double(count) }
    /// Forgets all samples.
    public mutating func reset() { (sum, count) = (0, 0) }
}

/// e to the mean loss, where that is a cross-entropy: among how many words, all as likely, the model would choose.
public struct Perplexity: Metric {
    private var sum = 0.0
    private var count = 0

    /// A perplexity over no samples.
    public init() {}

    /// `perplexity`.
    public var name: String { "perplexity" }
    /// False.
    public var isHigherBetter: Bool { false }
    /// Takes in the mean loss over so many samples.
    public mutating func update(_ result: BatchResult, samples: Int) {
        sum += result.loss.item(as: Double.self) * Double(samples)
        count += samples
    }
    /// 1 or more; NaN before the first sample.
    public var value: Double { count == 0 ? .nan : exp(sum / Double(count)) }
    /// Forgets all samples.
    public mutating func reset() { (sum, count) = (0, 0) }
}

/// Predictions less targets; the program stops where they are not there or have other shapes.
private func differences(_ result: BatchResult, of metric: String) -> Tensor {
    guard let predictions = result.predictions, let targets = result.targets else {
        fail(metric, "the objective gives no predictions and targets, which this metric looks at")
    }
    if predictions.shape != targets.shape {
        fail(metric, "predictions of shape \(predictions.shape) and targets of shape \(targets.shape)")
    }
    return predictions - targets
}
