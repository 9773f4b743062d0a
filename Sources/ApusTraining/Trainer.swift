import Apus
import ApusData
import ApusFormats
import ApusNN
import ApusOptim
import Foundation

/// Trains a recipe's model and keeps its run folder: configuration, metrics, checkpoints.
///
/// A run that was stopped at any moment and resumed ends with the same weights as one that was not.
public final class Trainer {
    /// How a run ended.
    public enum Outcome: Sendable, Equatable {
        /// All epochs are done.
        case finished
        /// All epochs were done before; nothing was trained.
        case alreadyFinished
        /// A signal asked for the end; the run was saved within an epoch.
        case interrupted(signal: Int32)
    }

    /// As it is in the folder: with the data's absolute path and digest.
    public let configuration: RunConfiguration
    /// Where the run is kept.
    public let folder: RunFolder
    /// What `configuration` names.
    public let recipe: Recipe
    /// Of all that is drawn in the run.
    private let random: RandomGenerator
    /// The model with its weights of the moment.
    public let model: any Layer
    private let optimizer: Optimizer
    private let data: RunData
    private var state = RunProgress()
    private var log: MetricsLog
    private var progress: Progress
    private var hasCheckpoint = false
    /// No other process writes to the folder until the run is finished, or this trainer gone.
    private var lock: RunLock?

    /// Begins a run in an empty or new folder.
    ///
    /// - Throws: `TrainingError.inUse` where another process writes there, `.occupied` where a run is.
    public convenience init(
        _ configuration: RunConfiguration, in folder: RunFolder, progress: ProgressStyle = .none
    ) throws {
        try configuration.validate()
        let recipe = try Recipe.named(configuration.recipe)
        if folder.holdsRun { throw Trainer.whyNotFree(folder) }
        let data =
            try configuration.dataDigest == nil
            ? RunData(configuration.data, of: recipe.source)
            : configuration.reading(in: folder.path) { try RunData(configuration.data, of: recipe.source) }
        let settled = try configuration.settled(on: data, in: folder.path)
        try folder.create()
        let lock = try RunLock(folder.path)
        if folder.holdsRun { throw TrainingError.occupied(folder: folder.path) }
        folder.begin()
        try AtomicFile.write(try settled.json(), to: folder.configuration)
        try self.init(settled, recipe, folder, data, MetricsLog(path: folder.metrics), progress, lock)
    }

    private static func whyNotFree(_ folder: RunFolder) -> TrainingError {
        do { _ = try RunLock(folder.path) } catch let error as TrainingError { return error } catch {}
        return .occupied(folder: folder.path)
    }

    private init(
        _ configuration: RunConfiguration, _ recipe: Recipe, _ folder: RunFolder, _ data: RunData,
        _ log: MetricsLog, _ progress: ProgressStyle, _ lock: RunLock
    ) throws {
        self.lock = lock
        self.configuration = configuration
        self.folder = folder
        self.recipe = recipe
        self.data = data
        self.log = log
        self.progress = Progress(progress, epochs: configuration.epochs)
        try Threads.start(configuration.threads)
        random = RandomGenerator(seed: configuration.seed)
        model = withRandomGenerator(random) { recipe.makeModel() }
        optimizer = recipe.makeOptimizer(model.parameters(), configuration.learningRate)
    }

    /// Goes on with the run in `folder`.
    ///
    /// - Parameter change: applied to the saved configuration; it may raise the number of epochs, set
    ///   the threads, and name another folder with the same data; anything else throws.
    /// - Throws: `TrainingError.inUse` where another process writes to the folder.
    public static func resuming(
        _ folder: RunFolder, progress: ProgressStyle = .none,
        changing change: (inout RunConfiguration) -> Void = { _ in }
    ) throws -> Trainer {
        guard folder.holdsRun else { throw TrainingError.nothingToResume(folder: folder.path) }
        let lock = try RunLock(folder.path)
        let saved = try RunConfiguration.read(folder.configuration)
        var configuration = saved
        change(&configuration)
        try configuration.validate()
        try configuration.check(against: saved, in: folder.path)
        let recipe = try Recipe.named(configuration.recipe)
        let isMoved = configuration.data != saved.data
        let data =
            try isMoved
            ? RunData(configuration.data, of: recipe.source)
            : saved.reading(in: folder.path) { try RunData(saved.data, of: recipe.source) }
        configuration = try configuration.settled(on: data, in: folder.path)
        let begun = FileManager.default.fileExists(atPath: folder.last)
        if !begun { try checkNothingIsLost(folder, lock) }
        let trainer = try Trainer(
            configuration, recipe, folder, data, MetricsLog(path: folder.metrics), progress, lock)
        if begun { try trainer.load() }
        if configuration != saved { try AtomicFile.write(try configuration.json(), to: folder.configuration) }
        return trainer
    }

    /// A run that was killed in its first epoch begins anew; one whose `last` somebody removed does not.
    private static func checkNothingIsLost(_ folder: RunFolder, _ lock: RunLock) throws {
        let epochs = try MetricsLog.count(folder.metrics)
        let best = FileManager.default.fileExists(atPath: folder.best)
        if epochs == 0 && !best || epochs <= 1 && (lock.wasLeftBehind || !best) { return }
        throw TrainingError.badCheckpoint(
            file: folder.last,
            reason: "is gone, though there are \(epochs) epochs of metrics"
                + (best ? "; copied from best.safetensors, the run goes on from its best epoch" : ""))
    }

    /// Goes to where `last` says that the run is.
    private func load() throws {
        state = try Checkpoint.load(folder.last, into: model, optimizer)
        if let reason = state.contradiction(samples: data.train.count, of: configuration) {
            throw TrainingError.badCheckpoint(file: folder.last, reason: reason)
        }
        random.state = state.random
        log = try MetricsLog(resuming: folder.metrics, epochs: state.epoch)
        hasCheckpoint = true
        lock?.forgetWhatWasLeft()
    }

    /// Epochs finished, and steps of the one begun.
    public var position: (epoch: Int, step: Int) { (state.epoch, state.step) }

    /// The metrics of all finished epochs.
    public var metrics: [EpochMetrics] { log.epochs }

    /// Trains to the end.
    ///
    /// - Throws: `TrainingError.lossNotFinite` or `.weightsNotFinite`, or `FileError` where the folder cannot be
    ///   written; the checkpoints written before stay.
    public func run() throws -> Outcome {
        let outcome = try withRandomGenerator(random) { try train() }
        switch outcome {
        case .finished, .alreadyFinished: lock = nil
        case .interrupted: break
        }
        return outcome
    }

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

    private func step(_ batch: LabeledBatch) throws {
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
        try checkIsFinite()
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
        try checkIsFinite()
        state.random = random.state
        try Checkpoint.save(model, of: recipe, optimizer, state, to: path)
        // `best` alone is none to go on from.
        if path == folder.last {
            hasCheckpoint = true
            lock?.forgetWhatWasLeft()
        }
    }

    /// A checkpoint that is not finite is worth nothing, and less than the one that it would replace.
    private func checkIsFinite() throws {
        guard let name = Checkpoint.firstNotFinite(model, optimizer) else { return }
        throw TrainingError.weightsNotFinite(
            what: name, epoch: state.epoch + 1, step: state.step,
            checkpoint: hasCheckpoint ? folder.last : nil)
    }
}
