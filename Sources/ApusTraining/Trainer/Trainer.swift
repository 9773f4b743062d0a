import Apus
import ApusFormats
import ApusNN
import Foundation

/// Trains a model and keeps its run folder: configuration, metrics, checkpoints.
///
/// A run that was stopped at any moment and resumed ends with the same weights as one that was not.
///
/// ```swift
/// let trainer = try Trainer(
///     model, objective: .classification, train: train, test: test, optimizer: Adam(model.parameters()),
///     metrics: [Accuracy()], options: TrainingOptions(epochs: 5), in: "runs/first", resuming: true)
/// try trainer.run()
/// ```
public final class Trainer<L: Learner>: TrainingRun {
    /// What is trained, with all it takes.
    public let learner: L
    /// How the run goes through its data.
    public let options: TrainingOptions
    private let source: BatchSource<L.Batch>
    private let test: BatchSource<L.Batch>?
    private var metrics: [any Metric]
    private let callbacks: [any Callback]
    /// Of all that is drawn in the run.
    private let random: RandomGenerator
    private let session: RunSession?
    private let ranks: Ranks
    private var watchdog: Watchdog?
    /// What the checkpoints say of whose weights they have.
    private let metadata: [String: String]
    private var state = RunProgress()
    private var log: MetricsLog
    private var progress: Progress
    private var isStopRequested = false
    private var begun = Date()

    /// Where the run is kept; nil for one that is kept nowhere.
    public var folder: RunFolder? { session?.folder }
    /// The model with its weights of the moment.
    public var model: Module { learner.model }
    /// Epochs finished, batches done in the one begun, and steps since the beginning.
    public var position: TrainingPosition {
        TrainingPosition(epoch: state.epoch, batch: state.batch, step: state.step)
    }
    /// What the evaluations so far came to, the oldest first.
    public var records: [MetricsRecord] { log.records }
    /// How many steps were left out since the loss or a gradient was not finite.
    public var skippedSteps: Int { state.skipped }
    /// What the best checkpoint is of; nil before the first evaluation.
    public var best: MetricsRecord? {
        guard let last = records.last, let monitor = try? Monitor(options, metrics, in: last) else {
            return nil
        }
        return monitor.best(of: records)
    }

    /// A run in a folder that the caller has opened, or nowhere.
    ///
    /// - Parameters:
    ///   - random: what the model was drawn from, at the state where the run begins; nil is a new one of the options' seed.
    ///   - metadata: what checkpoints say of whose weights they have.
    ///   - ranks: the processes that train together, of which the first alone has a session.
    init(
        _ learner: L, train: BatchSource<L.Batch>, test: BatchSource<L.Batch>?, options: TrainingOptions,
        metrics: [any Metric], callbacks: [any Callback], session: RunSession?,
        random: RandomGenerator? = nil,
        metadata: [String: String], progress: ProgressStyle, ranks: Ranks = .alone
    ) throws {
        try options.validate()
        self.ranks = ranks
        self.learner = learner
        self.options = options
        source = train
        self.test = test
        self.metrics = metrics
        self.callbacks = callbacks
        self.session = session
        self.metadata = metadata
        self.progress = Progress(ranks.isFirst ? progress : .none, epochs: options.epochs)
        self.random = random ?? RandomGenerator(seed: options.seed)
        log = MetricsLog(path: session?.folder.metrics)
        checkNames(metrics)
        try Threads.start(options.threads)
        if let session, session.hasCheckpoint { try load(session) }
        if ranks.areSeveral { try join() }
    }

    /// Begins where the first process is.
    private func join() throws {
        guard let learner = learner as? any ParallelLearner<L.Batch>, source.isShared, test?.isShared ?? true
        else {
            throw TrainingError.badOption(
                "what \(self.learner.model.typeName) is trained with takes one process")
        }
        if options.batchSize < ranks.group.size {
            throw TrainingError.badOption(
                "--batch-size is \(options.batchSize); it must be at least \(ranks.group.size), one sample for each process"
            )
        }
        try learner.join(ranks.group)
        state = try ranks.broadcast(state)
        random.state = try ranks.broadcast(random.state)
        try Checkpoint.broadcast(self.learner, ranks)
        let lines = try ranks.broadcast(log.records.map(\.line))
        if !ranks.isFirst { log = MetricsLog(records: lines.map { MetricsRecord(line: $0)! }) }
    }

    private func checkNames(_ metrics: [any Metric]) {
        var names = Set<String>()
        for metric in metrics {
            if !names.insert(metric.name).inserted {
                fail("Trainer", "there are two metrics of the name '\(metric.name)'")
            }
        }
    }

    /// Goes to where `last` says that the run is.
    private func load(_ session: RunSession) throws {
        let path = session.folder.last
        state = try Checkpoint.load(path, into: learner)
        if let reason = state.contradiction(
            batches: source.batchCount, samples: source.sampleCount, batchSize: source.batchSize, of: options)
        {
            throw TrainingError.badCheckpoint(file: path, reason: reason)
        }
        random.state = state.random
        log = try MetricsLog(resuming: session.folder.metrics, records: state.records)
        session.isSaved()
    }

    /// Ends the run after this step, or of several processes after the next one, saved so that it can go on.
    public func requestStop() { isStopRequested = true }

    /// Trains to the end.
    ///
    /// - Throws: `TrainingError.lossNotFinite` or `.weightsNotFinite`, or `FileError` where the folder cannot be
    ///   written, and what the data, the learner and the callbacks throw; the checkpoints written before stay.
    @discardableResult
    public func run() throws -> TrainingOutcome {
        // Whatever ends the run, what is said of it begins a line.
        defer { progress.breakLine() }
        isStopRequested = false
        watchdog = ranks.watchdog(at: "the run's beginning")
        defer { watchdog = nil }
        try session?.reopen()
        let outcome = try withRandomGenerator(random) { try train() }
        session?.close()
        return outcome
    }

    private func train() throws -> TrainingOutcome {
        if state.epoch >= options.epochs { return .alreadyFinished }
        if try stepsSinceBest() != nil { return .alreadyFinished }
        let deadline = options.timeBudget.map { Date().addingTimeInterval($0) }
        for callback in callbacks { try callback.begins(self) }
        let outcome = try trainEpochs(until: deadline)
        for callback in callbacks { try callback.ends(outcome, of: self) }
        return outcome
    }

    private func trainEpochs(until deadline: Date?) throws -> TrainingOutcome {
        begun = Date()
        while state.epoch < options.epochs {
            progress.begin(samples: state.samples)
            // A run that was stopped before an evaluation goes on with it.
            if isEvaluationDue { try evaluate() }
            let next = source.shares(state.epoch, from: state.batch, ranks.trainingShare)
            while state.batch < source.batchCount {
                var shares: [BatchSource<L.Batch>.Part] = []
                while shares.count < options.accumulation, let share = try next() {
                    shares.append(share)
                    state.batch = share.nextIndex
                }
                if shares.isEmpty { break }
                let told = try step(shares, endings(deadline))
                // Several processes must agree, which they do within a step.
                let endings = ranks.areSeveral ? told : endings(deadline)
                if let outcome = endings.outcome {
                    try save(since: begun)
                    return outcome
                }
                if state.batch == source.batchCount { break }
                if isEvaluationDue {
                    try evaluate()
                    if let best = try stepsSinceBest() { return .stoppedEarly(bestStep: best) }
                } else if let every = options.saveEvery, state.step % every == 0 {
                    try save(since: begun)
                }
            }
            try finishEpoch()
            if let best = try stepsSinceBest() { return .stoppedEarly(bestStep: best) }
        }
        return .finished
    }

    /// Whether the model is evaluated now, within an epoch.
    private var isEvaluationDue: Bool {
        guard let every = options.evaluateEvery, 0 < state.batch, state.batch < source.batchCount else {
            return false
        }
        return state.step % every == 0 && records.last?.step != state.step
    }

    /// - Parameter endings: what asks this process to end the run.
    /// - Returns: what asks any of them.
    private func step(_ shares: [BatchSource<L.Batch>.Part], _ endings: Endings) throws -> Endings {
        var samples = shares.reduce(0) { $0 + ($1.total ?? $1.batch?.sampleCount ?? 0) }
        var endings = endings
        var values: Measurements = [:]
        do {
            if ranks.areSeveral, let learner = learner as? any ParallelLearner<L.Batch> {
                if shares.contains(where: { $0.total == nil }) {
                    let own = shares.reduce(0) { $0 + $1.weight(processes: ranks.group.size) }
                    samples = Int(try ranks.sum([own])[0].rounded())
                }
                let found = try learner.train(on: shares, flags: endings.flags)
                (values, endings) = (found.values, Endings(flags: found.flags))
            } else {
                values = try learner.train(on: shares.map { $0.batch! })
            }
            if let loss = values["loss"], !loss.isFinite { throw NonFiniteLoss(loss) }
            state.add(values, samples: samples)
            state.skippedNow = 0
        } catch let reason as NonFiniteLoss {
            try leaveOut(reason)
            endings = Endings(flags: try ranks.sum(endings.flags))
        }
        state.samples += samples
        state.step += 1
        watchdog?.progress("step \(state.step)")
        progress.update(
            epoch: state.epoch + 1, samples: state.samples, of: source.sampleCount,
            loss: state.means["loss"] ?? .nan)
        for callback in callbacks { try callback.stepEnded(values, of: self) }
        return endings
    }

    private func leaveOut(_ reason: NonFiniteLoss) throws {
        if options.nonFinite == .skip && state.skippedNow < 100 {
            state.skipped += 1
            state.skippedNow += 1
            return
        }
        throw TrainingError.lossNotFinite(
            what: reason.what, value: reason.value, epoch: state.epoch + 1,
            step: stepOfEpoch, checkpoint: checkpoint)
    }

    private func endings(_ deadline: Date?) -> Endings {
        Endings(
            signal: Interruption.signal, isStopRequested: isStopRequested,
            isTimeUp: deadline.map { Date() >= $0 } ?? false)
    }

    private func finishEpoch() throws {
        let finished = state.epoch + 1
        try evaluate { state in
            state.epoch = finished
            (state.batch, state.samples) = (0, 0)
        }
    }

    /// Evaluates the model, writes the record, the best and the last checkpoint.
    ///
    /// - Parameter advance: what else has happened when the checkpoint is written.
    private func evaluate(_ advance: (inout RunProgress) -> Void = { _ in }) throws {
        try checkIsFinite()
        // Each process has running statistics of its own samples.
        if ranks.areSeveral { try ranks.group.broadcastBuffers(of: learner.model) }
        var values = state.means.prefixed("train_")
        if let test { values.merge(try measure(test).prefixed("test_")) }
        func record() -> MetricsRecord {
            MetricsRecord(
                epoch: state.epoch + 1, step: state.step, values: values,
                seconds: state.seconds + Date().timeIntervalSince(begun))
        }
        values.merge(try learner.evaluated(record()))
        let measured = record()
        begun = Date()
        let monitor = try Monitor(options, metrics, in: measured)
        let isBest = monitor.best(of: records + [measured])?.step == measured.step
        // `last` comes last: a run killed before it redoes the steps and writes the same again.
        try log.append(measured)
        state.records = log.records.count
        state.forgetSums()
        advance(&state)
        if isBest {
            try learner.withEvaluatedWeights { try write(\.best, ["apus.monitor": monitor.name]) }
        }
        try save()
        progress.end(measured, isBest: isBest)
        for callback in callbacks { try callback.evaluated(measured, isBest: isBest, of: self) }
    }

    /// The loss and the metrics of these samples.
    private func measure(_ samples: BatchSource<L.Batch>) throws -> Measurements {
        var sums = RunProgress()
        for index in metrics.indices { metrics[index].reset() }
        try learner.withEvaluatedWeights {
            try learner.model.withEvaluationMode {
                try withInferenceMode {
                    let next = samples.shares(0, from: 0, ranks.share)
                    while let share = try next() {
                        let own = try share.batch.map { ($0.sampleCount, try learner.evaluate(on: $0)) }
                        for (count, result) in try ranks.parts(own) {
                            var values: Measurements = ["loss": result.loss.item(as: Double.self)]
                            for (name, value) in result.values { values[name] = value.item(as: Double.self) }
                            sums.add(values, samples: count)
                            for index in metrics.indices { metrics[index].update(result, samples: count) }
                        }
                        watchdog?.progress(
                            "batch \(share.nextIndex) of the evaluation after step \(state.step)")
                    }
                }
            }
        }
        var values = sums.means
        for metric in metrics { values[metric.name] = metric.value }
        return values
    }

    /// The loss and the metrics of the test samples, at the weights of this moment: `loss`, `accuracy` and so on.
    public func evaluateTest() throws -> Measurements {
        guard let test else { fail("Trainer", "there are no test samples to evaluate") }
        return try withRandomGenerator(random) { try measure(test) }
    }

    /// The step of the best evaluation, where too many have come after it; nil where the run goes on.
    private func stepsSinceBest() throws -> Int? {
        guard let patience = options.patience, let last = records.last,
            let best = try Monitor(options, metrics, in: last).best(of: records)
        else { return nil }
        return records.count { $0.step > best.step } >= patience ? best.step : nil
    }

    /// The step of this epoch whose batches have been taken last, counted from 1.
    private var stepOfEpoch: Int { (state.batch + options.accumulation - 1) / options.accumulation }

    // MARK: Checkpoints

    private var checkpoint: String? { session?.hasCheckpoint == true ? folder?.last : nil }

    /// Writes a checkpoint within an epoch, at the seconds of now.
    private func save(since begun: Date) throws {
        state.seconds += Date().timeIntervalSince(begun)
        self.begun = Date()
        try checkIsFinite()
        try save()
    }

    /// Writes the first checkpoint of a run that has none, before its first step.
    func saveBeginning() throws {
        if session?.hasCheckpoint == false { try save() }
    }

    private func save() throws {
        try write(\.last)
        guard let session else { return }
        session.isSaved()
        if options.keep > 0 { try session.folder.keep(options.keep, step: state.step) }
    }

    /// All processes call this, of which the first one writes.
    private func write(_ file: KeyPath<RunFolder, String>, _ more: [String: String] = [:]) throws {
        state.random = random.state
        let whole =
            ranks.areSeveral
            ? try (learner as! any ParallelLearner<L.Batch>).wholeState() : learner.stateDictionary()
        guard let whole, let folder else { return }
        try Checkpoint.save(
            learner.model, whole, state, to: folder[keyPath: file], metadata: metadata.merging(more) { $1 })
    }

    /// A checkpoint that is not finite is worth nothing, and less than the one that it would replace.
    private func checkIsFinite() throws {
        guard let name = Checkpoint.firstNotFinite(learner) else { return }
        throw TrainingError.weightsNotFinite(
            what: name, epoch: state.epoch + 1,
            step: stepOfEpoch, checkpoint: checkpoint)
    }
}
