import Apus

/// Inputs as a model takes them, and the numbers of their classes.
public struct LabeledBatch: Sendable {
    /// float32 [samples, …].
    public let inputs: Tensor
    /// int64 [samples].
    public let labels: Tensor

    /// Nothing is checked: `inputs` has as many samples along axis 0 as there are labels.
    public init(inputs: Tensor, labels: Tensor) {
        self.inputs = inputs
        self.labels = labels
    }

    /// How many samples there are.
    public var count: Int { labels.count }
}

/// A data set in memory whose samples each belong to a class.
public protocol LabeledDataset: Dataset where Batch == LabeledBatch, Failure == Never {
    /// What the set is called in reports, such as `mnist`.
    var name: String { get }
    /// How many classes there are; labels are 0..<classes.
    var classes: Int { get }
}

/// Any data set whose samples each belong to a class: what training and evaluation take.
public struct LabeledSamples: LabeledDataset {
    /// What the set it was made of is called in reports.
    public let name: String
    /// How many samples there are.
    public let count: Int
    /// How many classes there are; labels are 0..<classes.
    public let classes: Int
    private let make: @Sendable (ArraySlice<Int>) -> LabeledBatch

    /// Holds on to `samples` and asks them for every batch.
    public init(_ samples: some LabeledDataset) {
        name = samples.name
        count = samples.count
        classes = samples.classes
        make = { samples.batch($0) }
    }

    /// The batch that the set it was made of gives.
    public func batch(_ indices: ArraySlice<Int>) -> LabeledBatch { make(indices) }
}
