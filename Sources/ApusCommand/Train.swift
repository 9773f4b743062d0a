import Apus
import ApusTraining
import ArgumentParser
import Foundation

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a model.",
        discussion: """
            Recipes:
            \(Listing.recipes)

            Without --data it trains on a set of digits that the program draws itself; the audio recipes, on notes that \
            it makes. The run's folder \
            gets config.json, metrics.jsonl and the checkpoints last.safetensors and best.safetensors. \
            Ctrl-C saves the run and ends it; --resume goes on.

            Examples:
              apus train mnist-mlp
              apus train mnist-conv --data mnist --epochs 10 --output run
              apus train mnist-conv --resume --output run --epochs 20
            """)

    @Argument(help: "What to train: a recipe.", completion: .list(Recipe.all.map(\.name)))
    var recipe: String

    @Option(
        help: ArgumentHelp("The folder of the MNIST files, plain or gzipped.", valueName: "dir"),
        completion: .directory)
    var data: String?
    @Option(help: "Passes over the training set. (default: the recipe's)") var epochs: Int?
    @Option(help: "Samples a step. (default: the recipe's)") var batchSize: Int?
    @Option(help: "The learning rate. (default: the recipe's)") var lr: Double?
    @Option(help: "Decides the first weights and the order of the samples. (default: 0)") var seed: UInt64?
    @Option(help: "Threads to compute with; changes no result. (default: one a core)") var threads: Int?
    @Option(
        help: ArgumentHelp(
            "The run's folder. (default: runs/RECIPE-1, or the next number)", valueName: "dir"),
        completion: .directory)
    var output: String?
    @Flag(help: "Go on with the run in --output, or the newest one.") var resume = false
    @Option(
        help: ArgumentHelp("auto: a bar on a terminal, else plain lines; plain; none.", valueName: "style"))
    var progress = ProgressStyle.auto

    func validate() throws {
        do {
            _ = try Recipe.named(recipe)
            try configuration().validate()
        } catch let error as TrainingError { throw ValidationError(error.description) }
    }

    func run() throws {
        Interruption.watch()
        let trainer = try resume ? resumed() : begun()
        switch try trainer.run() {
        case .finished:
            say("done: \(trainer.folder.path)")
        case .alreadyFinished:
            say(
                "\(trainer.folder.path): finished after \(trainer.position.epoch) epochs, nothing to resume; --epochs raises their number"
            )
        case .interrupted(let signal):
            let (epoch, step) = trainer.position
            say(
                "saved \(trainer.folder.last) in epoch \(epoch + 1) after step \(step); --resume --output \(trainer.folder.path) goes on"
            )
            throw ExitCode(128 + signal)
        }
        // The run is whole whatever became of its reports; that they are missing is said last.
        try StandardOutput.check()
    }

    private func begun() throws -> Trainer {
        let folder = try output.map(RunFolder.init) ?? .makeNext(for: recipe)
        let trainer = try Trainer(configuration(), in: folder, progress: progress)
        say(trainer.announcement)
        return trainer
    }

    private func resumed() throws -> Trainer {
        guard let folder = output.map(RunFolder.init) ?? .newest(for: recipe) else {
            throw TrainingError.nothingToResume(folder: "runs/\(recipe)-*")
        }
        let trainer = try Trainer.resuming(folder, progress: progress) { settings in
            settings.recipe = recipe
            settings.data = data ?? settings.data
            settings.epochs = epochs ?? settings.epochs
            settings.batchSize = batchSize ?? settings.batchSize
            settings.learningRate = lr ?? settings.learningRate
            settings.seed = seed ?? settings.seed
            settings.threads = threads ?? settings.threads
        }
        let (epoch, step) = trainer.position
        if epoch < trainer.configuration.epochs {
            say("resuming \(folder.path) in epoch \(epoch + 1) after step \(step)")
        }
        return trainer
    }

    private func configuration() throws -> RunConfiguration {
        let defaults = try Recipe.named(recipe).defaults
        return RunConfiguration(
            recipe: recipe, data: data, epochs: epochs ?? defaults.epochs,
            batchSize: batchSize ?? defaults.batchSize,
            learningRate: lr ?? defaults.learningRate, seed: seed ?? 0,
            threads: threads ?? Apus.threads)
    }

    private func say(_ line: String) {
        if progress != .none { StandardOutput.write(line + "\n") }
    }
}

extension ProgressStyle: ExpressibleByArgument {}
