import Apus
import ApusNN
import ApusTraining
import ArgumentParser
import Foundation

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train several recipes alike, and show their results side by side.",
        discussion: """
            Recipes:
            \(Listing.recipes)

            Each is trained for the same epochs, from the same seed, in a folder of its own, OUTPUT/RECIPE; `apus \
            train` says what is in it. The table shows the test accuracy after each epoch, the best one, the real numbers \
            in the model's parameters (a complex one is two), and the seconds an epoch took.

            Examples:
              apus compare audio-complex audio-real
              apus compare mnist-mlp mnist-conv --data mnist --epochs 5 --output both
              apus compare mnist-mlp mnist-conv --resume --output both
            """)

    @Argument(
        help: "What to compare: two recipes or more, on the same data.",
        completion: .list(Recipe.all.map(\.name)))
    var recipes: [String]

    @Option(
        help: ArgumentHelp("The folder of the MNIST files, plain or gzipped.", valueName: "dir"),
        completion: .directory)
    var data: String?
    @Option(help: "Passes over the training set. (default: the most that one of the recipes has)")
    var epochs: Int?
    @Option(help: "Samples a step. (default: each recipe's)") var batchSize: Int?
    @Option(help: "The learning rate. (default: each recipe's)") var lr: Double?
    @Option(help: "Decides the first weights and the order of the samples. (default: 0)") var seed: UInt64?
    @Option(help: "Threads to compute with; changes no result. (default: one a core)") var threads: Int?
    @Option(
        help: ArgumentHelp(
            "The folder of the runs' folders. (default: runs/compare-1, or the next number)",
            valueName: "dir"), completion: .directory)
    var output: String?
    @Flag(help: "Go on with the runs in --output, or the newest comparison's.") var resume = false
    @Option(
        help: ArgumentHelp("auto: a bar on a terminal, else plain lines; plain; none.", valueName: "style"))
    var progress = ProgressStyle.auto

    func validate() throws {
        do {
            try Comparison.check(recipes)
            for settings in try configurations() { try settings.validate() }
        } catch let error as TrainingError { throw ValidationError(error.description) }
    }

    func run() throws {
        Interruption.watch()
        let (comparison, plans) = try resume ? resumed() : begun()
        var runs: [Comparison.Run] = []
        for settings in plans {
            runs.append(try train(settings, in: comparison.folder(of: settings.recipe)))
        }
        try writeLine("\n\(Comparison(runs))")
        withExtendedLifetime(comparison) {}
    }

    private func begun() throws -> (ComparisonFolder, [RunConfiguration]) {
        var plans = try configurations()
        // All have the same data.
        let data = try RunData(self.data, of: Recipe.named(plans[0].recipe).source)
        plans = try plans.map { try $0.settled(data.digest, in: output ?? "runs") }
        let named = plans.map { ComparisonFolder.Plan(name: $0.recipe, run: $0) }
        return (
            try ComparisonFolder(beginning: named, of: ComparisonFolder.comparison, in: output), plans
        )
    }

    /// What was not given is as it was when the comparison was begun; the number of epochs can only grow.
    private func resumed() throws -> (ComparisonFolder, [RunConfiguration]) {
        let comparison = try ComparisonFolder(resuming: output, of: ComparisonFolder.comparison)
        let saved = try comparison.begunWith(check: Comparison.check).map(\.run)
        let names = saved.map(\.recipe)
        if Set(names) != Set(recipes) {
            throw TrainingError.otherSettings(
                folder: comparison.path, differences: ["recipes " + names.joined(separator: " ")],
                asked: ["recipes " + recipes.joined(separator: " ")])
        }
        let plans = try recipes.map { recipe -> RunConfiguration in
            let before = saved.first { $0.recipe == recipe }!
            let plan = changed(before)
            try plan.check(against: before, in: comparison.path)
            if plan.options.epochs < before.options.epochs {
                throw TrainingError.otherSettings(
                    folder: comparison.path, differences: ["--epochs \(before.options.epochs)"],
                    asked: ["--epochs \(plan.options.epochs), which can only grow"])
            }
            return plan
        }
        return (comparison, plans)
    }

    private func changed(_ saved: RunConfiguration) -> RunConfiguration {
        var plan = saved
        plan.data = data ?? saved.data
        plan.learningRate = lr ?? saved.learningRate
        plan.options.epochs = epochs ?? saved.options.epochs
        plan.options.batchSize = batchSize ?? saved.options.batchSize
        plan.options.seed = seed ?? saved.options.seed
        plan.options.threads = threads ?? saved.options.threads
        return plan
    }

    private func train(_ settings: RunConfiguration, in folder: RunFolder) throws -> Comparison.Run {
        let run = try Recipe.beginOrResume(settings, in: folder, callbacks: logs, progress: progress)
        say(try announcement(of: run, settings))
        if case .interrupted(let signal) = try run.run() {
            let whole = (folder.path as NSString).deletingLastPathComponent
            say(
                "saved \(folder.last) in epoch \(run.position.epoch + 1) after step \(stepOfEpoch(run)); --resume --output \(whole) goes on"
            )
            throw ExitCode(128 + signal)
        }
        return Comparison.Run(
            recipe: settings.recipe, parameters: run.model.realParameterCount, metrics: run.records)
    }

    /// One for each recipe, with the same number of epochs.
    private func configurations() throws -> [RunConfiguration] {
        let chosen = try recipes.map { try Recipe.named($0).configuration }
        let most = chosen.map(\.options.epochs).max() ?? 1
        return chosen.map { configuration in
            var configuration = configuration
            configuration.options.epochs = most
            return changed(configuration)
        }
    }

    private func say(_ line: String) {
        if progress != .none { StandardOutput.write(line + "\n") }
    }
}
