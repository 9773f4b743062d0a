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
