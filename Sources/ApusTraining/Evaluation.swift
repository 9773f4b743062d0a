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
    public init(of model: any Layer, on data: some LabelledDataset) {
        var loss = 0.0
        var right = 0
        model.restoringModes {
            model.evaluate()
            inferenceMode {
                for batch in DataLoader(data, batchSize: 1000, shuffles: false, prefetch: 1).epoch(0) {
                    let logits = model(batch.inputs)
                    loss +=
                        logits.softmaxCrossEntropy(batch.labels).item(as: Double.self) * Double(batch.count)
                    right += (logits.argmax(axis: 1) .== batch.labels).sum().item(as: Int.self)
                }
            }
        }
        samples = data.count
        self.loss = loss / Double(max(samples, 1))
        accuracy = Double(right) / Double(max(samples, 1))
    }
}
