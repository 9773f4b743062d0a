import Apus
import ApusData
import ApusNN

/// Loss and accuracy of a classifier over a data set.
public struct Evaluation: Sendable, Equatable {
    /// The mean softmax cross-entropy.
    public let loss: Double
    /// The share of samples whose most likely class is the right one.
    public let accuracy: Double
    /// The size of the data set.
    public let samples: Int

    /// Runs the model in evaluation mode over the whole set; each of its modules gets its own mode back.
    public init(of model: any Layer, on data: some LabeledDataset) {
        self = model.withEvaluationMode {
            withInferenceMode { Evaluation(on: data) { model($0) } }
        }
    }

    /// The same with a model that is used for this alone, frozen: faster where there are normalisations to fold.
    ///
    /// - Throws: `GraphError` where the model does not take the samples.
    public init(frozen model: any Layer, on data: some LabeledDataset) throws {
        var frozen: [Shape: FrozenModel] = [:]
        self = try withInferenceMode {
            try Evaluation(on: data) { inputs in
                let known =
                    frozen[inputs.shape] ?? FrozenModel(model, inputs: [inputs.shape], dtype: inputs.dtype)
                frozen[inputs.shape] = known
                return try known(inputs)
            }
        }
    }

    /// - Parameter logits: of a batch of samples, [batch, classes].
    private init(on data: some LabeledDataset, logits: (Tensor) throws -> Tensor) rethrows {
        var loss = 0.0
        var right = 0
        for batch in DataLoader(data, batchSize: 1000, sampler: .sequential, prefetch: 1).epoch(0) {
            let logits = try logits(batch.inputs)
            loss += logits.softmaxCrossEntropy(batch.labels).item(as: Double.self) * Double(batch.sampleCount)
            right += (logits.argmax(axis: 1) .== batch.labels).sum().item(as: Int.self)
        }
        samples = data.count
        self.loss = loss / Double(max(samples, 1))
        accuracy = Double(right) / Double(max(samples, 1))
    }
}
