import ApusDownloads
import ApusTraining
import ArgumentParser
import Foundation

struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Get data sets.", subcommands: [FetchData.self])
}

struct FetchData: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch", abstract: "Download a data set.",
        discussion: """
            Data sets: \(PublishedDataset.all.map(\.name).joined(separator: ", ")). Every file is checked by its \
            published checksum. A transfer that was interrupted goes on where it was; what is there already is kept.

            Examples:
              apus data fetch mnist --output data/mnist
              apus data fetch cifar10 --mirror http://localhost:8000/files
            """)

    @Argument(help: ArgumentHelp("Which one.", valueName: "name")) var dataset: String
    @Option(
        help: ArgumentHelp("The folder to fetch it to; data/NAME if none is named.", valueName: "folder"),
        completion: .directory)
    var output: String?
    @Option(
        help: ArgumentHelp(
            "Where to look for its files first; may be given several times.", valueName: "url"))
    var mirror: [String] = []

    func validate() throws {
        let names = PublishedDataset.all.map(\.name)
        if !names.contains(dataset) {
            throw ValidationError(
                "there is no data set '\(dataset)'; there are: \(names.joined(separator: ", "))")
        }
        for url in mirror where !url.hasPrefix("http://") && !url.hasPrefix("https://") {
            throw ValidationError("--mirror is '\(url)'; it must begin with http:// or https://")
        }
    }

    func run() throws {
        let set = PublishedDataset.all.first { $0.name == dataset }!
        let folder = output ?? "data/\(dataset)"
        let lines = FetchLines()
        var fetch = Fetch()
        fetch.report = { lines.show($0) }
        defer { lines.end() }
        try fetch.run(set, into: folder, mirrors: mirror + set.mirrors)
        lines.end()
        try writeLine("\(dataset) is in \(folder)")
    }
}

/// What `fetch` says: a line that counts on a terminal, and lines that stay.
private final class FetchLines: @unchecked Sendable {
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    // Used by one thread at a time: the session's while a file comes, the program's otherwise.
    private var last = Date.distantPast
    private var isCounting = false

    func show(_ event: Fetch.Event) {
        switch event {
        case .progress(let file, let bytes, let total):
            guard isTerminal, Date().timeIntervalSince(last) > 0.1 else { return }
            last = Date()
            isCounting = true
            let share = total.map { " of \(megabytes($0))" } ?? ""
            StandardOutput.write("\r\u{1B}[K\(file)  \(megabytes(bytes))\(share)")
        case .alreadyThere(let name): line("\(name) is there already")
        case .fetched(let file, let bytes): line("\(file)  \(megabytes(bytes))")
        case .unpacked(let file): line("\(file) is unpacked")
        case .failed(let url, let reason):
            end()
            StandardOutput.writeError("apus: \(url): \(ApusProgram.oneLine(reason))")
        }
    }

    /// Leaves the line that counts.
    func end() {
        if isCounting { StandardOutput.write("\r\u{1B}[K") }
        isCounting = false
    }

    private func line(_ text: String) {
        end()
        StandardOutput.write(text + "\n")
    }

    private func megabytes(_ bytes: Int) -> String {
        bytes < 100_000 ? "\(bytes) bytes" : String(format: "%.1f MB", Double(bytes) / 1e6)
    }
}
