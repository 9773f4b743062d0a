import Apus

/// What a model gets, and the number of its class.
public struct LabeledSample: Collatable {
    /// What the model gets, without an axis for the batch.
    public var input: Tensor
    /// The number of its class.
    public var label: Int

    /// - Parameters:
    ///   - input: what the model gets, without an axis for the batch.
    ///   - label: the number of its class.
    public init(input: Tensor, label: Int) {
        self.input = input
        self.label = label
    }

    /// Inputs of one shape, stacked, and labels as int64.
    public static func collate(_ samples: [LabeledSample]) throws(CollationError) -> LabeledBatch {
        LabeledBatch(
            inputs: try Tensor.collate(samples.map(\.input)), labels: Int.collate(samples.map(\.label)))
    }
}

/// Inputs as a model takes them, and the numbers of their classes.
public struct LabeledBatch: Batch {
    /// [samples, …].
    public let inputs: Tensor
    /// int64 [samples].
    public let labels: Tensor

    /// Nothing is checked: `inputs` has as many samples along axis 0 as there are labels.
    public init(inputs: Tensor, labels: Tensor) {
        self.inputs = inputs
        self.labels = labels
    }

    /// How many samples there are.
    public var sampleCount: Int { labels.count }
}
