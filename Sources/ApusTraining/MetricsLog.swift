import ApusFormats
import Foundation

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
