import ApusFormats
import Foundation

/// What one epoch came to.
public struct EpochMetrics: Sendable, Equatable, Codable {
    /// Counted from 1.
    public let epoch: Int
    /// The mean loss over the epoch's samples, each at the weights of its step.
    public let trainLoss: Double
    public let testLoss: Double
    /// The share of test images classified right, 0 to 1.
    public let testAccuracy: Double
    /// Wall-clock time of the epoch with its evaluation.
    public let seconds: Double

    enum CodingKeys: String, CodingKey {
        case epoch
        case trainLoss = "train_loss"
        case testLoss = "test_loss"
        case testAccuracy = "test_accuracy"
        case seconds
    }

    var line: String {
        "{\"epoch\": \(epoch), \"train_loss\": \(trainLoss), \"test_loss\": \(testLoss), "
            + "\"test_accuracy\": \(testAccuracy), \"seconds\": \((seconds * 1000).rounded() / 1000)}\n"
    }
}

/// `metrics.jsonl`: one line an epoch, the file always whole.
struct MetricsLog {
    let path: String
    private(set) var epochs: [EpochMetrics] = []

    init(path: String) { self.path = path }

    /// The lines of the first `count` epochs of an earlier run; what came after was not checkpointed.
    init(resuming path: String, epochs count: Int) throws {
        self.path = path
        let text =
            FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
        for line in text.split(separator: "\n") {
            guard let metrics = try? JSONDecoder().decode(EpochMetrics.self, from: Data(line.utf8)),
                metrics.epoch == epochs.count + 1
            else {
                throw TrainingError.badConfiguration(
                    file: path,
                    reason: "line \(epochs.count + 1) is not the metrics of epoch \(epochs.count + 1)")
            }
            if metrics.epoch <= count { epochs.append(metrics) }
        }
        if epochs.count < count {
            throw TrainingError.badConfiguration(
                file: path, reason: "has \(epochs.count) epochs, the checkpoint \(count)")
        }
    }

    mutating func append(_ metrics: EpochMetrics) throws {
        epochs.append(metrics)
        try AtomicFile.write(epochs.map(\.line).joined(), to: path)
    }
}
