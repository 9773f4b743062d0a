import ApusFormats
import Foundation

/// The folder of a comparison: a folder for each run, and how it was begun.
package final class ComparisonFolder {
    /// What the file is called that says how each of the runs was to be.
    static let file = "comparison.json"

    package let path: String
    private let lock: RunLock

    private struct Plan: Codable { let runs: [RunConfiguration] }

    /// Begins a comparison of these runs.
    ///
    /// - Parameter folder: nil is `runs/compare-1`, `runs/compare-2`, …
    /// - Throws: `TrainingError.occupied` where the folder, or one of the runs' in it, holds something already.
    package init(beginning runs: [RunConfiguration], in folder: String?) throws {
        if let folder { try ComparisonFolder.check(folder, isFreeFor: runs) }
        path = try folder ?? RunFolder.makeNext(for: "compare").path
        try RunFolder(path).create()
        lock = try RunLock(path)
        try ComparisonFolder.check(path, isFreeFor: runs)
        RunFolder(path).begin()
        let text = try RunConfiguration.json(Plan(runs: runs))
        try AtomicFile.write(text, to: "\(path)/\(ComparisonFolder.file)")
    }

    /// Goes on with a comparison.
    ///
    /// - Parameter folder: nil is the newest `runs/compare-…`.
    package init(resuming folder: String?) throws {
        guard
            let path = folder
                ?? RunFolder.newest(
                    for: "compare",
                    where: { FileManager.default.fileExists(atPath: "\($0)/\(ComparisonFolder.file)") })
        else { throw TrainingError.nothingToResume(folder: "runs/compare-*") }
        guard FileManager.default.fileExists(atPath: "\(path)/\(ComparisonFolder.file)") else {
            throw TrainingError.nothingToResume(folder: path)
        }
        self.path = path
        lock = try RunLock(path)
    }

    package func folder(of recipe: String) -> RunFolder { RunFolder("\(path)/\(recipe)") }

    /// How the comparison was begun: one configuration for each of its recipes, in their order.
    package func begunWith() throws -> [RunConfiguration] {
        let file = "\(path)/\(ComparisonFolder.file)"
        let runs = try RunConfiguration.decode(Plan.self, file, "is not the configuration of a comparison")
            .runs
        do {
            try Comparison.check(runs.map(\.recipe))
            for run in runs { try run.validate() }
        } catch let error as TrainingError {
            throw TrainingError.badConfiguration(file: file, reason: error.description)
        }
        return runs
    }

    private static func check(_ path: String, isFreeFor runs: [RunConfiguration]) throws {
        // Found out now, not after the first has been trained.
        for run in runs where RunFolder("\(path)/\(run.recipe)").holdsRun {
            throw TrainingError.occupied(folder: "\(path)/\(run.recipe)")
        }
        if FileManager.default.fileExists(atPath: "\(path)/\(file)") {
            throw TrainingError.occupied(folder: path)
        }
    }
}
