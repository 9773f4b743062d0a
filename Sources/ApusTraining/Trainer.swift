import Apus
import ApusData
import ApusFormats
import ApusKernels
import ApusNN
import ApusOptim
import Foundation

/// Trains a recipe's model and keeps its run folder: configuration, metrics, checkpoints.
///
/// A run that was stopped at any moment and resumed ends with the same weights as one that was not.
public final class Trainer {
    /// How a run ended.
    public enum Outcome: Sendable, Equatable {
        case finished
        case alreadyFinished
        /// A signal asked for the end; the run was saved within an epoch.
        case interrupted(signal: Int32)
    }

    public let configuration: RunConfiguration
    public let folder: RunFolder
    public let recipe: Recipe
    /// Of all that is drawn in the run.
    private let random: RandomGenerator
    public let model: any Layer
    private let optimizer: any Optimizer
    private let data: RunData
    private var state = RunProgress()
    private var log: MetricsLog
    private var progress: Progress
    private var hasCheckpoint = false

    /// Begins a run in an empty or new folder.
    public convenience init(
        _ configuration: RunConfiguration, in folder: RunFolder, progress: ProgressStyle = .none
    ) throws {
        try configuration.validate()
        let recipe = try Recipe.named(configuration.recipe)
        if folder.holdsRun { throw TrainingError.occupied(folder: folder.path) }
        let data = try RunData(configuration.data, of: recipe.source)
        try folder.create()
        try AtomicFile.write(try configuration.json(), to: folder.configuration)
        self.init(configuration, recipe, folder, data, MetricsLog(path: folder.metrics), progress)
    }

    private init(
        _ configuration: RunConfiguration, _ recipe: Recipe, _ folder: RunFolder, _ data: RunData,
        _ log: MetricsLog,
        _ progress: ProgressStyle
    ) {
        self.configuration = configuration
        self.folder = folder
        self.recipe = recipe
        self.data = data
        self.log = log
        self.progress = Progress(progress, epochs: configuration.epochs)
        Parallel.threadCount = configuration.threads
        random = RandomGenerator(seed: configuration.seed)
        model = withRandomGenerator(random) { recipe.makeModel() }
        optimizer = recipe.makeOptimizer(model.parameters(), configuration.learningRate)
    }

    /// Goes on with the run in `folder`.
    ///
    /// - Parameter change: applied to the saved configuration; it may raise the number of epochs and set
    ///   the threads, anything else throws.
    public static func resuming(
        _ folder: RunFolder, progress: ProgressStyle = .none,
        changing change: (inout RunConfiguration) -> Void = { _ in }
    ) throws -> Trainer {
        guard folder.holdsRun else { throw TrainingError.nothingToResume(folder: folder.path) }
        let saved = try RunConfiguration.read(folder.configuration)
        var configuration = saved
        change(&configuration)
        try configuration.validate()
        let differences = configuration.differences(from: saved)
        if !differences.isEmpty {
            throw TrainingError.otherSettings(folder: folder.path, differences: differences)
        }
        let recipe = try Recipe.named(configuration.recipe)
        let data = try RunData(configuration.data, of: recipe.source)
        let begun = FileManager.default.fileExists(atPath: folder.last)
        let trainer = Trainer(configuration, recipe, folder, data, MetricsLog(path: folder.metrics), progress)
        if begun {
            trainer.state = try Checkpoint.load(folder.last, into: trainer.model, trainer.optimizer)
            trainer.random.state = trainer.state.random
            trainer.log = try MetricsLog(resuming: folder.metrics, epochs: trainer.state.epoch)
            trainer.hasCheckpoint = true
        }
        if configuration != saved { try AtomicFile.write(try configuration.json(), to: folder.configuration) }
        return trainer
    }

    /// Epochs finished, and steps of the one begun.
    public var position: (epoch: Int, step: Int) { (state.epoch, state.step) }

    /// The metrics of all finished epochs.
    public var metrics: [EpochMetrics] { log.epochs }

    /// Trains to the end.
    ///
    /// - Throws: `TrainingError.lossNotFinite`, or `FileError` where the folder cannot be written; the
    ///   checkpoints written before stay.
    public func run() throws -> Outcome { try withRandomGenerator(random) { try train() } }

    private func train() throws -> Outcome {
        // Whatever ends the run, what is said of it begins a line.
        defer { progress.breakLine() }
        if state.epoch >= configuration.epochs { return .alreadyFinished }
        let loader = DataLoader(data.train, batchSize: configuration.batchSize, seed: configuration.seed)
        while state.epoch < configuration.epochs {
            let begun = Date()
            progress.begin(samples: state.samples)
            for batch in loader.epoch(state.epoch, from: state.step) {
                try step(batch)
                progress.update(
                    epoch: state.epoch + 1, samples: state.samples, of: loader.sampleCount,
                    loss: state.lossSum / Double(state.samples))
                if let signal = Interruption.signal {
                    state.seconds += Date().timeIntervalSince(begun)
                    try save(to: folder.last)
                    return .interrupted(signal: signal)
                }
            }
            try finishEpoch(begun)
        }
        return .finished
    }

    private func step(_ batch: LabelledBatch) throws {
        optimizer.zeroGradients()
        let loss = model(batch.inputs).softmaxCrossEntropy(batch.labels)
        let value = loss.item(as: Float.self)
        if !value.isFinite {
            throw TrainingError.lossNotFinite(
                loss: value, epoch: state.epoch + 1, step: state.step + 1,
                checkpoint: hasCheckpoint ? folder.last : nil)
        }
        loss.backward()
        optimizer.step()
        state.lossSum += Double(value) * Double(batch.count)
        state.samples += batch.count
        state.step += 1
    }

    private func finishEpoch(_ begun: Date) throws {
        let evaluation = Evaluation(of: model, on: data.test)
        let metrics = EpochMetrics(
            epoch: state.epoch + 1, trainLoss: state.lossSum / Double(max(state.samples, 1)),
            testLoss: evaluation.loss,
            testAccuracy: evaluation.accuracy, seconds: state.seconds + Date().timeIntervalSince(begun))
        let isBest = evaluation.accuracy > state.bestAccuracy
        state = RunProgress(
            epoch: state.epoch + 1, bestAccuracy: max(evaluation.accuracy, state.bestAccuracy))
        // `last` comes last: a run killed before it redoes the epoch and writes the same again.
        try log.append(metrics)
        if isBest { try save(to: folder.best) }
        try save(to: folder.last)
        progress.end(metrics, isBest: isBest)
    }

    private func save(to path: String) throws {
        state.random = random.state
        try Checkpoint.save(model, optimizer, state, to: path)
        hasCheckpoint = true
    }
}

extension RunConfiguration {
    /// The settings that cannot change within a run, as they were; epochs may grow and threads change.
    fileprivate func differences(from saved: RunConfiguration) -> [String] {
        var result: [String] = []
        if recipe != saved.recipe { result.append("recipe \(saved.recipe)") }
        if data != saved.data { result.append("--data \(saved.data ?? "(what the program makes)")") }
        if batchSize != saved.batchSize { result.append("--batch-size \(saved.batchSize)") }
        if learningRate != saved.learningRate { result.append("--lr \(saved.learningRate)") }
        if seed != saved.seed { result.append("--seed \(saved.seed)") }
        return result
    }
}
