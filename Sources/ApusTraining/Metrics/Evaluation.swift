import Apus
import ApusData
import ApusNN

/// Loss and accuracy of a classifier over a data set.
public struct Evaluation: Sendable, Equatable {
    /// The mean softmax cross-entropy.
    public let loss: Double
    /// The share of samples whose most likely class is the right one.
    public let accuracy: Double
    /// The share of samples whose class is one of the five most likely.
    public let top5Accuracy: Double
    /// The size of the data set.
    public let samples: Int
    /// How many samples of each class there are, and how many of them are told right.
    public let classes: [ClassCount]

    /// The samples of a class.
    public struct ClassCount: Sendable, Equatable {
        /// How many there are.
        public var samples = 0
        /// How many are told right.
        public var right = 0
    }

    /// Runs the model in evaluation mode over the whole set; each of its modules gets its own mode back.
    public init(of model: any Layer, on data: some LabeledDataset) {
        let batches = DataLoader(data, batchSize: 1000, sampler: .sequential, prefetch: 1).epoch(0)
            .makeIterator()
        self = model.withEvaluationMode {
            withInferenceMode { Evaluation(batches: { batches.next() }) { model($0) } }
        }
    }

    /// The same with a model that is used for this alone, frozen: faster where there are normalisations to fold.
    ///
    /// - Throws: `GraphError` where the model does not take the samples; `SampleError` for one that cannot be read.
    public init(frozen model: any Layer, on samples: TestSamples) throws {
        var frozen: [Shape: FrozenModel] = [:]
        let next = samples.batches.epoch(0, from: 0)
        self = try withInferenceMode {
            try Evaluation(batches: { try next()?.batch }) { inputs in
                let known =
                    frozen[inputs.shape] ?? FrozenModel(model, inputs: [inputs.shape], dtype: inputs.dtype)
                frozen[inputs.shape] = known
                return try known(inputs)
            }
        }
    }

    /// - Parameters:
    ///   - batches: gives one after the other.
    ///   - logits: of a batch of samples, [batch, classes].
    private init(batches next: () throws -> LabeledBatch?, logits: (Tensor) throws -> Tensor) rethrows {
        var loss = 0.0
        var top5 = Accuracy(top: 5)
        var classes: [ClassCount] = []
        while let batch = try next() {
            let logits = try logits(batch.inputs)
            loss += logits.softmaxCrossEntropy(batch.labels).item(as: Double.self) * Double(batch.sampleCount)
            if classes.isEmpty { classes = Array(repeating: ClassCount(), count: logits.shape[1]) }
            let found = logits.argmax(axis: 1).array(of: Int.self)
            for (label, found) in zip(batch.labels.array(of: Int.self), found) {
                classes[label].samples += 1
                if label == found { classes[label].right += 1 }
            }
            top5.update(
                BatchResult(loss: Tensor(0), predictions: logits, targets: batch.labels),
                samples: batch.sampleCount)
        }
        samples = classes.reduce(0) { $0 + $1.samples }
        self.loss = loss / Double(max(samples, 1))
        accuracy = Double(classes.reduce(0) { $0 + $1.right }) / Double(max(samples, 1))
        top5Accuracy = samples == 0 ? 0 : top5.value
        self.classes = classes
    }
}
