import Apus
import ApusData
import ApusNN

/// Loss and accuracy of a classifier over a data set.
public struct Evaluation: Sendable, Equatable {
    /// The mean softmax cross-entropy.
    public let loss: Double
    /// The share of samples whose most likely class is the right one.
    public let accuracy: Double
    public let samples: Int

    /// Runs the model in evaluation mode over the whole set; its mode is restored.
    public init(of model: any Layer, on images: LabelledImages) {
        let wasTraining = model.isTraining
        model.evaluate()
        defer { if wasTraining { model.train() } }
        var loss = 0.0
        var right = 0
        inferenceMode {
            for batch in DataLoader(images, batchSize: 1000, shuffles: false, prefetch: 1).epoch(0) {
                let logits = model(batch.inputs)
                loss += logits.softmaxCrossEntropy(batch.labels).item(as: Double.self) * Double(batch.count)
                right += Evaluation.countRight(logits, batch.labels)
            }
        }
        samples = images.count
        self.loss = loss / Double(max(samples, 1))
        accuracy = Double(right) / Double(max(samples, 1))
    }

    /// How many rows of logits [N, classes] have their largest element at the label.
    private static func countRight(_ logits: Tensor, _ labels: Tensor) -> Int {
        let classes = logits.shape[1]
        let values = logits.array(of: Float.self)
        return labels.array(of: Int.self).enumerated().count { row, label in
            let likeliest = (0..<classes).max { values[row * classes + $0] < values[row * classes + $1] }
            return likeliest == label
        }
    }
}
