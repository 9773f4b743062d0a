import ApusFormats
import ApusTraining
import ArgumentParser
import Foundation

struct StudyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "study",
        abstract: "Answer a question by training models that differ in one thing, or by computing.",
        discussion: """
            Studies:
            \(listing)

            Each model is trained from several seeds, in a folder of its own, OUTPUT/MODEL-seed-NUMBER, as `apus train` does it. \
            OUTPUT/table.md and OUTPUT/plot.svg show what has come of it so far: the test accuracy with its standard \
            deviation, multiply-adds, parameters, and seconds an epoch. A study that was stopped goes on with --resume. `memory`, \
            `sequences`, `attention` and `generation` compute at once: they take --output alone. Without a name, the studies are listed.

            Examples:
              apus study interactions
              apus study scaling --data mnist --epochs 3
              apus study interactions --resume
              apus study memory
              apus study sequences
              apus study attention
              apus study generation
            """)

    private static let listing = Listing.table(
        Study.all.map { ($0.name, $0.about) } + ComputedStudy.all.map { ($0.name, $0.about) })

    @Argument(help: "Which study.", completion: .list(Study.all.map(\.name) + ComputedStudy.all.map(\.name)))
    var name: String?
    @Option(
        help: ArgumentHelp("The folder of the MNIST files, plain or gzipped.", valueName: "dir"),
        completion: .directory)
    var data: String?
    @Option(help: "Passes over the training set. (default: the study's)") var epochs: Int?
    @Option(help: "How often each model is trained, from other seeds. (default: 3)") var seeds: Int?
    @Flag(help: "One epoch from one seed, for a first look.") var quick = false
    @Option(
        help: ArgumentHelp(
            "The folder of the study. (default: runs/study-NAME-1, or the next number)", valueName: "dir"),
        completion: .directory)
    var output: String?
    @Flag(help: "Go on with the study in --output, or the newest of this name.") var resume = false

    func validate() throws {
        guard let name else { return }
        if computed != nil {
            if data != nil || epochs != nil || seeds != nil || quick || resume {
                throw ValidationError("\(name) has no data and no runs: it takes --output alone")
            }
            return
        }
        if resume && (epochs != nil || seeds != nil || quick) {
            throw ValidationError(
                "--resume goes on as the study was begun: leave out --epochs, --seeds and --quick")
        }
        if quick && (epochs != nil || seeds != nil) {
            throw ValidationError("--quick is one epoch from one seed: leave out --epochs and --seeds")
        }
        do {
            _ = try plans(Study.named(name))
        } catch let error as TrainingError { throw ValidationError(error.description) }
    }

    private func plans(_ study: Study) throws -> [ComparisonFolder.Plan] {
        try study.plans(seeds: quick ? 1 : seeds ?? 3, epochs: quick ? 1 : epochs, data: data)
    }

    func run() throws {
        guard let name else { return try writeLine(StudyCommand.listing) }
        if let computed { return try run(computed) }
        Interruption.watch()
        let study = try Study.named(name)
        let (folder, plans) = try resume ? resumed(study) : begun(study)
        for (number, plan) in plans.enumerated() {
            let place = folder.folder(of: plan.name)
            let run = try Recipe.beginOrResume(plan.run, in: place, callbacks: logs)
            let outcome = try run.run()
            if case .interrupted(let signal) = outcome {
                StandardOutput.write(
                    "saved \(place.last); apus study \(name) --resume --output \(folder.path) goes on\n")
                throw ExitCode(128 + signal)
            }
            let accuracy = run.records.last?["test_accuracy"].map { String(format: "%.4f", $0) } ?? "-"
            let seconds = run.records.reduce(0) { $0 + $1.seconds }
            StandardOutput.write(
                "\(number + 1)/\(plans.count) \(plan.name): test accuracy \(accuracy)"
                    + (outcome == .alreadyFinished
                        ? ", trained before\n" : String(format: ", %.0f s\n", seconds)))
            try save(study.results(plans, in: folder), in: folder)
        }
        let results = try study.results(plans, in: folder)
        try save(results, in: folder)
        try writeLine("\n\(results.heading)\n\n\(results)\n\nsaved \(folder.path)/table.md and plot.svg")
        withExtendedLifetime(folder) {}
    }

    /// The study of this name that has no runs.
    private var computed: ComputedStudy? { ComputedStudy.all.first { $0.name == name } }

    private func run(_ study: ComputedStudy) throws {
        let folder = try RunFolder.begin("study-\(study.name)", in: output)
        let results = try study.results(writeLine)
        try AtomicFile.write(results.markdown, to: "\(folder.path)/table.md")
        try AtomicFile.write(results.svg, to: "\(folder.path)/plot.svg")
        for (name, svg) in results.more { try AtomicFile.write(svg, to: "\(folder.path)/\(name)") }
        let files = ["plot.svg"] + results.more.keys.sorted()
        try writeLine(
            "\(results.heading)\n\n\(results.table)\n\nsaved \(folder.path)/table.md and \(files.joined(separator: ", "))"
        )
    }

    private func save(_ results: StudyResults, in folder: ComparisonFolder) throws {
        try AtomicFile.write(results.markdown, to: "\(folder.path)/table.md")
        try AtomicFile.write(results.svg, to: "\(folder.path)/plot.svg")
    }

    private func begun(_ study: Study) throws -> (ComparisonFolder, [ComparisonFolder.Plan]) {
        // All have the same data.
        let digest = try RunData(data, of: study.recipe.source).digest
        let plans = try plans(study).map {
            ComparisonFolder.Plan(name: $0.name, run: try $0.run.settled(digest, in: output ?? "runs"))
        }
        return (try ComparisonFolder(beginning: plans, of: "study-\(study.name)", in: output), plans)
    }

    /// As it was begun; the data may have moved.
    private func resumed(_ study: Study) throws -> (ComparisonFolder, [ComparisonFolder.Plan]) {
        let folder = try ComparisonFolder(resuming: output, of: "study-\(study.name)")
        let plans = try folder.begunWith().map { plan in
            var run = plan.run
            run.data = data ?? run.data
            try run.check(against: plan.run, in: folder.path)
            return ComparisonFolder.Plan(name: plan.name, run: run)
        }
        return (folder, plans)
    }
}
