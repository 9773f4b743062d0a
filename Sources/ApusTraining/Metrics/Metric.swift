/// A number that says how good a model is on a set of samples, taken in batch by batch.
///
/// ```swift
/// var accuracy = Accuracy()
/// for batch in batches { accuracy.update(result(of: batch), samples: batch.count) }
/// print(accuracy.value)
/// ```
public protocol Metric {
    /// What records and tables call it, such as `accuracy`: letters, digits and underscores.
    var name: String { get }
    /// Whether a higher value is a better one.
    var isHigherBetter: Bool { get }
    /// Takes a batch in, of so many samples.
    mutating func update(_ result: BatchResult, samples: Int)
    /// Over all samples taken in since the last `reset()`; NaN before the first.
    var value: Double { get }
    /// Forgets all samples.
    mutating func reset()
}
