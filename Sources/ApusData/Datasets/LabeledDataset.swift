import Apus

/// A data set in memory whose samples each belong to a class.
public protocol LabeledDataset: BatchedDataset where Sample == LabeledSample {
    /// What the set is called in reports, such as `mnist`.
    var name: String { get }
    /// How many classes there are; labels are 0..<classes.
    var classes: Int { get }
}

extension LabeledDataset {
    /// A batch of one, without its axis.
    public func sample(_ index: Int) -> LabeledSample {
        let batch = batch([index])
        return LabeledSample(input: batch.inputs[0], label: batch.labels.item())
    }
}

/// Any data set whose samples each belong to a class.
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
