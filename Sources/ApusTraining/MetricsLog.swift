import ApusFormats
import Foundation

/// What one epoch came to.
public struct EpochMetrics: Sendable, Equatable, Codable {
    /// Counted from 1.
    public let epoch: Int
    /// The mean loss over the epoch's samples, each at the weights of its step.
    public let trainLoss: Double
    /// The mean loss over the test samples, at the weights after the epoch.
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

    /// - Parameters:
    ///   - epoch: counted from 1.
    ///   - testAccuracy: a share, 0 to 1.
    public init(epoch: Int, trainLoss: Double, testLoss: Double, testAccuracy: Double, seconds: Double) {
        self.epoch = epoch
        self.trainLoss = trainLoss
        self.testLoss = testLoss
        self.testAccuracy = testAccuracy
        self.seconds = seconds
    }

    /// Reads a line of `metrics.jsonl`, where null stands for a loss that is not finite.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            epoch: try values.decode(Int.self, forKey: .epoch),
            trainLoss: try values.decode(Double?.self, forKey: .trainLoss) ?? .nan,
            testLoss: try values.decode(Double?.self, forKey: .testLoss) ?? .nan,
            testAccuracy: try values.decode(Double.self, forKey: .testAccuracy),
            seconds: try values.decode(Double.self, forKey: .seconds))
    }

    /// JSON has no word for what is not finite: null.
    private static func text(_ number: Double) -> String { number.isFinite ? "\(number)" : "null" }

    var line: String {
        "{\"epoch\": \(epoch), \"train_loss\": \(EpochMetrics.text(trainLoss)), "
            + "\"test_loss\": \(EpochMetrics.text(testLoss)), "
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
        let text = try MetricsLog.contents(path)
        for line in text.split(whereSeparator: \.isNewline) {
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

    /// The lines that the file has; 0 where there is none.
    static func count(_ path: String) throws -> Int {
        try contents(path).split(whereSeparator: \.isNewline).count
    }

    private static func contents(_ path: String) throws -> String {
        if !FileManager.default.fileExists(atPath: path) { return "" }
        let file = try MappedFile(path)
        return withExtendedLifetime(file) { String(decoding: file.bytes, as: UTF8.self) }
    }

    mutating func append(_ metrics: EpochMetrics) throws {
        epochs.append(metrics)
        try AtomicFile.write(epochs.map(\.line).joined(), to: path)
    }
}
