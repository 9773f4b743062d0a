import ApusFormats
import Foundation

/// `metrics.jsonl`: a line for each record, the file always whole.
struct MetricsLog {
    /// nil for a run that is kept nowhere.
    let path: String?
    private(set) var records: [MetricsRecord] = []

    init(path: String?) { self.path = path }

    /// That of another process, which keeps it.
    init(records: [MetricsRecord]) { (path, self.records) = (nil, records) }

    /// The first `count` lines of an earlier run; what came after was not checkpointed.
    init(resuming path: String, records count: Int) throws {
        self.path = path
        for line in try MetricsLog.contents(path).split(whereSeparator: \.isNewline) {
            guard let record = MetricsRecord(line: line), record.step > records.last?.step ?? -1 else {
                throw TrainingError.badConfiguration(
                    file: path, reason: "line \(records.count + 1) is not the metrics of a later step")
            }
            records.append(record)
        }
        if records.count < count {
            throw TrainingError.badConfiguration(
                file: path, reason: "has \(records.count) lines, the checkpoint \(count)")
        }
        records.removeLast(records.count - count)
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

    mutating func append(_ record: MetricsRecord) throws {
        records.append(record)
        if let path { try AtomicFile.write(records.map(\.line).joined(), to: path) }
    }
}
