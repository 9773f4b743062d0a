import Apus

/// The softmax cross-entropy of logits [N, classes] against class numbers [N], averaged over the batch.
public final class CrossEntropyLoss: Module {
    public func callAsFunction(_ logits: Tensor, _ targets: Tensor) -> Tensor {
        logits.softmaxCrossEntropy(targets)
    }
}
