import Apus
import ApusData
import ApusDistributed
import ApusNN
import ApusOptim

/// Learns from a loss by its gradient: a model, an objective, an optimizer, and a schedule of the learning rate.
public final class SupervisedLearner<Model, Batch: ApusData.Batch>: ParallelLearner {
    /// What is trained.
    public let trained: Model
    /// From the model and a batch to the loss.
    public let objective: Objective<Model, Batch>
    /// What steps by the gradients.
    public let optimizer: Optimizer
    /// The moving average of the weights, which is evaluated; nil where none is kept.
    public let average: ExponentialMovingAverage?
    private let scheduler: Scheduler
    private let plateauMetric: String?
    private let clipNorm: Double?
    private let looksAtGradients: Bool
    private let options: TrainingOptions
    /// Sums the gradients of several processes; nil where there is one.
    private var parallel: DataParallel?
    /// Steps this process's part of the parameters; nil where each steps all of them.
    private var sharded: ShardedOptimizer?
    /// What is measured of a step besides the loss; nil before the first step of several processes.
    private var valueNames: [String]?

    /// - Parameters:
    ///   - model: a `Module`.
    ///   - optimizer: of the model's parameters.
    ///   - schedule: of its learning rates, by steps; one that looks at a metric steps at each evaluation.
    ///   - plateauMetric: the name of that metric in the records; nil is `test_loss`, or where there is none `train_loss`.
    ///   - options: of which it takes the clipping, the averaging, what is done about values that are not finite, and what several
    ///     processes share.
    public init(
        _ model: Model, _ objective: Objective<Model, Batch>, _ optimizer: Optimizer,
        schedule: Schedule = .constant,
        plateauMetric: String? = nil, options: TrainingOptions
    ) {
        guard let module = model as? Module else { fail("SupervisedLearner", "\(Model.self) is no Module") }
        trained = model
        self.objective = objective
        self.optimizer = optimizer
        scheduler = Scheduler(optimizer, schedule)
        self.plateauMetric = plateauMetric
        clipNorm = options.clipNorm
        average = options.averageDecay.map { ExponentialMovingAverage(of: module, decay: $0) }
        looksAtGradients = options.nonFinite == .skip
        self.options = options
    }

    /// The same as `trained`.
    public var model: Module { trained as! Module }

    func join(_ group: any ProcessGroup) throws {
        parallel = group.size > 1 ? try DataParallel(model, in: group) : nil
        if parallel != nil && options.synchronizeBatchNorms { model.synchronizeBatchNorms() }
    }

    /// One step of the optimizer, by the mean loss over the samples of all batches.
    public func train(on batches: [Batch]) throws -> Measurements {
        try learn(
            from: batches.map { BatchSource.Part(batch: $0, total: $0.sampleCount, nextIndex: 0) }, flags: []
        ).values
    }

    func train(on parts: [BatchSource<Batch>.Part], flags: [Double]) throws -> (
        values: Measurements, flags: [Double]
    ) {
        guard let parallel, options.synchronizeBatchNorms else { return try learn(from: parts, flags: flags) }
        return try parallel.group.withSynchronizedStatistics { try learn(from: parts, flags: flags) }
    }

    private func learn(from parts: [BatchSource<Batch>.Part], flags: [Double]) throws -> (
        values: Measurements, flags: [Double]
    ) {
        optimizer.zeroGradients()
        let total = try sampleCount(of: parts)
        var means: Measurements = [:]
        var last: Tensor?
        for (index, part) in parts.enumerated() {
            guard let batch = part.batch else { continue }
            let result = try result(of: part, batch)
            let weight = part.weight(processes: processCount) / total
            let loss = result.loss.item(as: Double.self)
            means["loss"] = (means["loss"] ?? 0) + loss * weight
            for (name, value) in result.values {
                means[name] = (means[name] ?? 0) + value.item(as: Double.self) * weight
            }
            // Where others wait for this process's part in the sums, it goes on, and all see it afterwards.
            if !loss.isFinite && parallel == nil { throw NonFiniteLoss(loss) }
            let own = weight == 1 ? result.loss : result.loss * weight
            if index == parts.count - 1 { last = own } else { own.backward() }
        }
        let sums = try backward(last, &means, flags)
        if let loss = means["loss"], !loss.isFinite { throw NonFiniteLoss(loss) }
        try limitGradients()
        try step()
        average?.update()
        if !scheduler.schedule.needsMetric { scheduler.step() }
        return (means, sums)
    }

    private func result(of part: BatchSource<Batch>.Part, _ batch: Batch) throws -> BatchResult {
        func compute() throws -> BatchResult {
            try withBatchPart(rows(of: part, batch)) { try objective(trained, batch) }
        }
        // The statistics of a batch that every process has are its own.
        return part.isRepeated ? try withRankSums(nil, compute) : try compute()
    }

    /// Which of a batch's rows these are, so that what is drawn for them is what one process draws; nil where there is one, or where
    /// that is not known.
    private func rows(of part: BatchSource<Batch>.Part, _ batch: Batch) -> BatchPart? {
        guard let parallel, let total = part.total else { return nil }
        let rows = Ranks(group: parallel.group).trainingShare.rows(of: total)
        return BatchPart(start: rows.lowerBound, count: batch.sampleCount, total: total)
    }

    private var processCount: Int { parallel?.group.size ?? 1 }

    /// How many samples all processes have together.
    private func sampleCount(of parts: [BatchSource<Batch>.Part]) throws -> Double {
        if !parts.contains(where: { $0.total == nil }) {
            return Double(parts.reduce(0) { $0 + $1.total! })
        }
        let own = parts.reduce(0) { $0 + $1.weight(processes: processCount) }
        guard let parallel else { return own }
        let sums = try Ranks(group: parallel.group).sum([own, parts.contains { $0.batch == nil } ? 1 : 0])
        if sums[1] > 0 && options.synchronizeBatchNorms {
            throw TrainingError.badOption(
                "a process can read none of its samples of a batch, so that batch normalisations cannot be synchronized; "
                    + "leave out the files that cannot be read")
        }
        return sums[0]
    }

    private func step() throws {
        guard let parallel, options.shardOptimizer else { return optimizer.step() }
        if sharded == nil { sharded = ShardedOptimizer(optimizer, in: parallel.group) }
        try sharded!.step()
    }

    /// The gradients of all processes, what their steps came to and their flags, added.
    private func backward(_ loss: Tensor?, _ means: inout Measurements, _ flags: [Double]) throws -> [Double]
    {
        guard let parallel else {
            loss?.backward()
            return flags
        }
        if valueNames == nil { valueNames = try Ranks(group: parallel.group).broadcastFromLast(means.names) }
        let names = valueNames!
        let sums = try parallel.backward(loss, numbers: names.map { means[$0] ?? 0 } + flags)
        for (name, sum) in zip(names, sums) { means[name] = sum }
        return Array(sums.dropFirst(names.count))
    }

    private func limitGradients() throws {
        let norm =
            if let clipNorm {
                clipGradientNorm(of: optimizer.parameters, to: clipNorm)
            } else {
                looksAtGradients ? gradientNorm(of: optimizer.parameters) : 0
            }
        if !norm.isFinite { throw NonFiniteLoss(norm, of: "the norm of the gradients") }
    }

    /// The objective's result.
    public func evaluate(on batch: Batch) throws -> BatchResult { try objective(trained, batch) }

    /// Evaluates the average, where there is one.
    public func withEvaluatedWeights<R>(_ body: () throws -> R) rethrows -> R {
        guard let average, average.updateCount > 0 else { return try body() }
        return try withAveragedWeights(of: average, body)
    }

    /// Steps a schedule that looks at a metric, and adds nothing.
    public func evaluated(_ record: MetricsRecord) throws -> Measurements {
        if scheduler.schedule.needsMetric {
            let names = plateauMetric.map { [$0] } ?? ["test_loss", "train_loss"]
            guard let metric = names.lazy.compactMap({ record[$0] }).first else {
                throw TrainingError.badOption(
                    "the schedule looks at \(names[0]), which is not measured; there are: "
                        + record.values.names.joined(separator: ", "))
            }
            scheduler.step(metric: metric)
        }
        return [:]
    }

    /// The state of the optimizer under `optimizer.`, of the schedule under `schedule.` and of the average under `average.`.
    public func stateDictionary() -> [String: Tensor] { state(of: optimizer.stateDictionary()) }

    func wholeState() throws -> [String: Tensor]? {
        guard let parallel else { return stateDictionary() }
        guard let sharded else { return parallel.group.rank == 0 ? stateDictionary() : nil }
        return try sharded.stateDictionary().map(state)
    }

    private func state(of optimizer: [String: Tensor]) -> [String: Tensor] {
        var state = optimizer.prefixed("optimizer.")
        state.merge(scheduler.stateDictionary().prefixed("schedule.")) { $1 }
        if let average { state.merge(average.stateDictionary().prefixed("average.")) { $1 } }
        return state
    }

    /// Goes on from such a state.
    public func load(_ state: [String: Tensor]) throws {
        try state.check(parts: ["optimizer.", "schedule."] + (average == nil ? [] : ["average."]))
        try optimizer.load(state.part("optimizer."))
        try scheduler.load(state.part("schedule."))
        try average?.load(state.part("average."))
    }
}
