import ApusFormats
import Foundation

/// A run in few words, read from its folder without its model: a line of `apus runs`.
package struct RunSummary: Sendable {
    /// The folder's path.
    package let path: String
    /// The recipe, or the type of the model of a run that is no recipe's.
    package let subject: String
    /// How the run goes through its data.
    package let options: TrainingOptions
    /// What evaluations came to, the oldest first.
    package let records: [MetricsRecord]
    /// Whether a process writes to the folder now.
    package let isRunning: Bool

    /// - Throws: `TrainingError` or `FileError` where the folder's files cannot be read.
    package init(_ folder: RunFolder) throws {
        path = folder.path
        struct Subject: Decodable {
            let recipe: String?
            let model: String?
        }
        let complaint = "is not the configuration of a run"
        let subject = try RunConfiguration.decode(Subject.self, folder.configuration, complaint)
        guard let name = subject.recipe ?? subject.model else {
            throw TrainingError.badConfiguration(file: folder.configuration, reason: complaint)
        }
        self.subject = name
        options = try RunConfiguration.decode(TrainingOptions.self, folder.configuration, complaint)
        let count = try MetricsLog.count(folder.metrics)
        records = try MetricsLog(resuming: folder.metrics, records: count).records
        isRunning = RunLock.isHeld(folder.path)
        best = RunSummary.best(folder, records)
    }

    /// The best checkpoint says what it is the best by, and after how many records it was written.
    private static func best(_ folder: RunFolder, _ records: [MetricsRecord]) -> (String, Double, Int)? {
        guard let metadata = try? Safetensors.metadata(folder.best), let name = metadata["apus.monitor"],
            let text = metadata["apus.progress"],
            let progress = try? JSONDecoder().decode(RunProgress.self, from: Data(text.utf8)),
            records.indices.contains(progress.records - 1),
            let value = records[progress.records - 1][name]
        else { return nil }
        return (name, value, records[progress.records - 1].step)
    }

    /// Every run in a folder, and in the folders of comparisons there, by path.
    ///
    /// - Returns: with each path, the run or why it cannot be read.
    package static func all(in folder: String) -> [(path: String, run: Result<RunSummary, any Error>)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted { $0.localizedStandardCompare($1) == .orderedAscending }.flatMap {
            name -> [(String, Result<RunSummary, any Error>)] in
            let path = "\(folder)/\(name)"
            if RunFolder(path).holdsRun { return [(path, Result { try RunSummary(RunFolder(path)) })] }
            let isComparison = FileManager.default.fileExists(atPath: "\(path)/\(ComparisonFolder.file)")
            return isComparison ? all(in: path).map { ($0.path, $0.run) } : []
        }
    }

    /// The name and the value that tell how good the best evaluation was; nil before the first.
    package let best: (name: String, value: Double, step: Int)?

    /// Wall-clock time of all epochs that were finished.
    package var seconds: Double { records.reduce(0) { $0 + $1.seconds } }

    /// What has become of it.
    package var state: String {
        if isRunning { return "running" }
        return (records.last?.epoch ?? 0) >= options.epochs ? "finished" : "stopped"
    }
}
