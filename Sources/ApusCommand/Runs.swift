import ApusTraining
import ArgumentParser
import Foundation

struct Runs: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List runs with their best results.",
        discussion: """
            One line for each run in a folder, and for those of comparisons there: what was trained, how far it has come, the \
            best value of what the run is judged by, and the time that it took.

            Examples:
              apus runs
              apus runs experiments
            """)

    @Argument(
        help: ArgumentHelp("The folder of the runs' folders.", valueName: "dir"), completion: .directory)
    var folder = "runs"

    func run() throws {
        guard FileManager.default.fileExists(atPath: folder) else {
            throw TrainingError.badConfiguration(file: folder, reason: "there is no such folder")
        }
        var rows = [["run", "of", "state", "epochs", "best", "at step", "time"]]
        var broken: [any Error] = []
        for (path, run) in RunSummary.all(in: folder) {
            switch run {
            case .success(let run):
                let best = run.best.map { "\($0.name) \(shortNumber($0.value))" } ?? "-"
                rows.append([
                    path, run.subject, run.state, "\(run.records.last?.epoch ?? 0)/\(run.options.epochs)",
                    best,
                    run.best.map { "\($0.step)" } ?? "-", clock(run.seconds),
                ])
            case .failure(let error): broken.append(error)
            }
        }
        if rows.count == 1 && broken.isEmpty {
            try writeLine("\(folder): there are no runs")
            return
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max()! }
        for row in rows {
            let cells = row.indices.map { row[$0].padding(toLength: widths[$0], withPad: " ", startingAt: 0) }
            try writeLine(cells.joined(separator: "  ").replacing(#/ +$/#, with: ""))
        }
        for error in broken { complain("\(error)") }
        if !broken.isEmpty { throw ExitCode(1) }
    }
}
