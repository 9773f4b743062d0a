import Apus

/// The softmax cross-entropy of logits [N, classes] against class numbers [N], averaged over the batch.
public final class CrossEntropyLoss: Module {
    /// A scalar; targets are integers from 0 to classes − 1, or probabilities as `Tensor.softmaxCrossEntropy` takes
    /// them.
    public func callAsFunction(
        _ logits: Tensor, _ targets: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) { logits.softmaxCrossEntropy(targets) }
    }
}
