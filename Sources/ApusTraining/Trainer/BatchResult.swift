import Apus

/// What a model makes of a batch: the loss that is trained, and what metrics look at.
public struct BatchResult {
    /// The mean loss over the batch's samples, one real number. Its gradient is what an optimizer steps by.
    public var loss: Tensor
    /// What the model says: logits or probabilities [samples, classes, …], or numbers. nil where there is nothing for
    /// metrics.
    public var predictions: Tensor?
    /// What is right: class numbers [samples, …], or numbers in the predictions' shape.
    public var targets: Tensor?
    /// Further numbers with names, means over the batch's samples.
    public var values: [(name: String, value: Tensor)]

    /// - Parameter loss: one real number, the mean over the samples.
    public init(
        loss: Tensor, predictions: Tensor? = nil, targets: Tensor? = nil,
        values: [(name: String, value: Tensor)] = []
    ) {
        self.loss = loss
        self.predictions = predictions
        self.targets = targets
        self.values = values
    }
}
