import Apus
import ApusData
import ApusNN

/// What a model is trained for: from the model and a batch to the loss.
///
/// ```swift
/// let objective = Objective { (model: Net, batch: LabeledBatch) in
///     let logits = model(batch.inputs)
///     return BatchResult(
///         loss: logits.softmaxCrossEntropy(batch.labels, labelSmoothing: 0.1), predictions: logits, targets: batch.labels)
/// }
/// ```
public struct Objective<Model, Batch> {
    private let result: (Model, Batch) throws -> BatchResult

    /// - Parameter result: runs the model on a batch; in evaluation too, where it is in evaluation mode.
    public init(_ result: @escaping (_ model: Model, _ batch: Batch) throws -> BatchResult) {
        self.result = result
    }

    /// The model's result on a batch.
    public func callAsFunction(_ model: Model, _ batch: Batch) throws -> BatchResult {
        try result(model, batch)
    }
}

extension Objective where Model: Layer, Batch == LabeledBatch {
    /// The softmax cross-entropy between the model's logits [samples, classes] and the batch's labels.
    public static var classification: Self { classification() }

    /// The softmax cross-entropy between the model's logits [samples, classes] and the batch's labels.
    ///
    /// - Parameters:
    ///   - labelSmoothing: the share of the target that all classes get alike (Szegedy et al. 2016).
    ///   - classWeights: [classes]; factors of the classes' losses.
    public static func classification(labelSmoothing: Double = 0, classWeights: Tensor? = nil) -> Self {
        Objective { model, batch in
            let logits = model(batch.inputs)
            let loss = logits.softmaxCrossEntropy(
                batch.labels, classWeights: classWeights, labelSmoothing: labelSmoothing)
            return BatchResult(loss: loss, predictions: logits, targets: batch.labels)
        }
    }
}
