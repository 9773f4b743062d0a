import Foundation

/// What a run had come to when it was evaluated: a line of `metrics.jsonl`.
public struct MetricsRecord: Sendable, Equatable {
    /// The epoch, counted from 1.
    public let epoch: Int
    /// Steps since the run's beginning.
    public let step: Int
    /// `train_loss` and whatever else training gave, means over the samples since the record before; then
    /// `test_loss` and the metrics, each after `test_`, at the weights of this moment.
    public let values: Measurements
    /// Wall-clock time since the record before, with the evaluation.
    public let seconds: Double

    /// - Parameter epoch: counted from 1.
    public init(epoch: Int, step: Int, values: Measurements, seconds: Double) {
        self.epoch = epoch
        self.step = step
        self.values = values
        self.seconds = seconds
    }

    /// The value of this name, such as `test_accuracy`; nil where there is none.
    public subscript(name: String) -> Double? { values[name] }

    /// JSON has no word for what is not finite: null.
    private static func text(_ number: Double) -> String { number.isFinite ? "\(number)" : "null" }

    /// The record in JSON, with a newline.
    var line: String {
        let values = values.map { "\"\($0)\": \(MetricsRecord.text($1)), " }.joined()
        return "{\"epoch\": \(epoch), \"step\": \(step), \(values)"
            + "\"seconds\": \((seconds * 1000).rounded() / 1000)}\n"
    }
}

extension [MetricsRecord] {
    /// The names of everything that was measured, in the order in which they came.
    var names: [String] {
        var result: [String] = []
        for record in self {
            for name in record.values.names where !result.contains(name) { result.append(name) }
        }
        return result
    }
}

extension MetricsRecord {
    /// Reads a line of `metrics.jsonl`; nil where it is none. null stands for a number that is not finite.
    init?(line: some StringProtocol) {
        guard let object = try? JSONDecoder().decode([String: Double?].self, from: Data(line.utf8)),
            let epoch = object["epoch"].flatMap(\.self).flatMap(Int.init(exactly:)), epoch > 0,
            let step = object["step"].flatMap(\.self).flatMap(Int.init(exactly:)), step >= 0,
            let seconds = object["seconds"].flatMap(\.self), seconds >= 0
        else { return nil }
        var values: Measurements = [:]
        // The decoder loses the order, in which the names stand in the line.
        for name in MetricsRecord.names(line) where !["epoch", "step", "seconds"].contains(name) {
            if let number = object[name] { values[name] = number ?? .nan }
        }
        if values.names.isEmpty { return nil }
        self.init(epoch: epoch, step: step, values: values, seconds: seconds)
    }

    /// What stands between quotation marks: names have none in them.
    private static func names(_ line: some StringProtocol) -> [String] {
        line.split(separator: "\"", omittingEmptySubsequences: false).enumerated().filter {
            $0.offset % 2 == 1
        }
        .map { String($0.element) }
    }
}

extension MetricsRecord: CustomStringConvertible {
    /// Such as `epoch 3, step 471: train_loss 0.3100, test_accuracy 0.9200`.
    public var description: String { "epoch \(epoch), step \(step): \(values)" }
}
