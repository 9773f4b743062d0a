import ApusFormats
import Foundation

/// The folder of a comparison or a study: a folder for each run, and how it was begun.
package final class ComparisonFolder {
    /// What the file is called that says how each of the runs was to be.
    static let file = "comparison.json"

    /// A run, and the name of its folder.
    package struct Plan: Sendable {
        /// In the comparison's folder.
        package let name: String
        /// How the run is to be.
        package let run: RunConfiguration

        package init(name: String, run: RunConfiguration) {
            self.name = name
            self.run = run
        }
    }

    package let path: String
    private let kind: String
    private let lock: RunLock

    private struct Contents: Codable {
        let runs: [RunConfiguration]
        /// The runs' folders; nil where these have the names of their recipes.
        let names: [String]?
        /// nil is a comparison's.
        let kind: String?
    }

    /// What comparisons of recipes are called in names of folders.
    package static let comparison = "compare"

    /// Begins a comparison of these runs.
    ///
    /// - Parameters:
    ///   - kind: what it is called in the name of the folder: `comparison`, or a study.
    ///   - folder: nil is `runs/KIND-1`, `runs/KIND-2`, …
    /// - Throws: `TrainingError.occupied` where the folder, or one of the runs' in it, holds something
    ///   already.
    package init(beginning plans: [Plan], of kind: String, in folder: String?) throws {
        if let folder { try ComparisonFolder.check(folder, isFreeFor: plans) }
        self.kind = kind
        path = try folder ?? RunFolder.makeNext(for: kind).path
        try RunFolder(path).create()
        lock = try RunLock(path)
        try ComparisonFolder.check(path, isFreeFor: plans)
        RunFolder(path).begin()
        let (names, recipes) = (plans.map(\.name), plans.map(\.run.recipe))
        let isPlain = kind == ComparisonFolder.comparison
        let contents = Contents(
            runs: plans.map(\.run), names: names == recipes ? nil : names, kind: isPlain ? nil : kind)
        try AtomicFile.write(RunConfiguration.json(contents), to: "\(path)/\(ComparisonFolder.file)")
    }

    /// Goes on with a comparison.
    ///
    /// - Parameter folder: nil is the newest `runs/KIND-…`.
    package init(resuming folder: String?, of kind: String) throws {
        self.kind = kind
        guard
            let path = folder
                ?? RunFolder.newest(
                    for: kind,
                    where: { FileManager.default.fileExists(atPath: "\($0)/\(ComparisonFolder.file)") })
        else { throw TrainingError.nothingToResume(folder: "runs/\(kind)-*") }
        guard FileManager.default.fileExists(atPath: "\(path)/\(ComparisonFolder.file)") else {
            throw TrainingError.nothingToResume(folder: path)
        }
        self.path = path
        lock = try RunLock(path)
    }

    package func folder(of name: String) -> RunFolder { RunFolder("\(path)/\(name)") }

    /// How the comparison was begun: its runs in their order.
    ///
    /// - Parameter check: what else the names must be.
    package func begunWith(check: ([String]) throws -> Void = { _ in }) throws -> [Plan] {
        let file = "\(path)/\(ComparisonFolder.file)"
        let contents = try RunConfiguration.decode(
            Contents.self, file, "is not the configuration of a comparison")
        let names = contents.names ?? contents.runs.map(\.recipe)
        let found = contents.kind ?? ComparisonFolder.comparison
        do {
            if found != kind {
                throw TrainingError.badOption("is of \(found), not of \(kind)")
            }
            if names.count != contents.runs.count || names.isEmpty {
                throw TrainingError.badOption("has \(names.count) names for \(contents.runs.count) runs")
            }
            if let name = names.first(where: { $0.contains("/") || $0.hasPrefix(".") }) {
                throw TrainingError.badOption("'\(name)' is no name of a run's folder")
            }
            try check(names)
            for run in contents.runs { try run.validate() }
        } catch let error as TrainingError {
            throw TrainingError.badConfiguration(file: file, reason: error.description)
        }
        return zip(names, contents.runs).map { Plan(name: $0, run: $1) }
    }

    private static func check(_ path: String, isFreeFor plans: [Plan]) throws {
        // Found out now, not after the first has been trained.
        for plan in plans where RunFolder("\(path)/\(plan.name)").holdsRun {
            throw TrainingError.occupied(folder: "\(path)/\(plan.name)")
        }
        if FileManager.default.fileExists(atPath: "\(path)/\(file)") {
            throw TrainingError.occupied(folder: path)
        }
    }
}
