import ApusFormats
import ApusTraining
import ArgumentParser

struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a page about a run.",
        discussion: """
            One HTML file that needs nothing else: settings, learning curves, measurements; of a classifier the confusion \
            matrix of its best checkpoint and what it says of some test samples; of other runs the pictures in the folder.

            Examples:
              apus report runs/mnist-mlp-1
              apus report run --output run.html
            """)

    @Argument(help: ArgumentHelp("The folder of a run.", valueName: "run"), completion: .directory)
    var folder: String
    @Option(
        help: ArgumentHelp(
            "The file to write. (default: report.html in the run's folder)", valueName: "file.html"),
        completion: .file(extensions: ["html"]))
    var output: String?

    func run() throws {
        let report = try RunReport(RunFolder(folder))
        let path = output ?? "\(folder)/report.html"
        try AtomicFile.write(report.html, to: path)
        try writeLine("saved \(path)")
    }
}
