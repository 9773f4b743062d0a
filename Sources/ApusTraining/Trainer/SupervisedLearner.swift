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
    /// Sums the gradients of several processes; nil where there is one.
    private var parallel: DataParallel?
    /// What is measured of a step besides the loss; nil before the first step of several processes.
    private var valueNames: [String]?

    /// - Parameters:
    ///   - model: a `Module`.
    ///   - optimizer: of the model's parameters.
    ///   - schedule: of its learning rates, by steps; one that looks at a metric steps at each evaluation.
    ///   - plateauMetric: the name of that metric in the records; nil is `test_loss`, or where there is none `train_loss`.
    ///   - options: of which it takes the clipping, the averaging and what is done about values that are not finite.
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
    }

    /// The same as `trained`.
    public var model: Module { trained as! Module }

    func join(_ group: any ProcessGroup) throws {
        parallel = group.size > 1 ? try DataParallel(model, in: group) : nil
    }

    /// One step of the optimizer, by the mean loss over the samples of all batches.
    public func train(on batches: [Batch]) throws -> Measurements {
        try train(on: batches.map { ($0, $0.sampleCount) }, flags: []).values
    }

    func train(on shares: [(batch: Batch?, total: Int?)], flags: [Double]) throws -> (
        values: Measurements, flags: [Double]
    ) {
        optimizer.zeroGradients()
        let total = try sampleCount(of: shares)
        var means: Measurements = [:]
        var last: Tensor?
        for (index, share) in shares.enumerated() {
            guard let batch = share.batch else { continue }
            let result = try withBatchPart(rows(batch, of: share.total)) { try objective(trained, batch) }
            let part = Double(batch.sampleCount) / total
            let loss = result.loss.item(as: Double.self)
            means["loss"] = (means["loss"] ?? 0) + loss * part
            for (name, value) in result.values {
                means[name] = (means[name] ?? 0) + value.item(as: Double.self) * part
            }
            if !loss.isFinite {
                // Other processes wait for this one's part in the sums.
                if parallel == nil { throw NonFiniteLoss(loss) }
                break
            }
            let own = part == 1 ? result.loss : result.loss * part
            if index == shares.count - 1 { last = own } else { own.backward() }
        }
        let sums = try backward(last, &means, flags)
        if let parallel, shares.contains(where: { ($0.total ?? .max) < parallel.group.size }) {
            // Processes without samples have drawn nothing.
            let generator = RandomGenerator.default
            generator.state = try Ranks(group: parallel.group).broadcastFromLast(generator.state)
        }
        if let loss = means["loss"], !loss.isFinite { throw NonFiniteLoss(loss) }
        try limitGradients()
        optimizer.step()
        average?.update()
        if !scheduler.schedule.needsMetric { scheduler.step() }
        return (means, sums)
    }

    /// Which of a batch's rows these are, so that what is drawn for them is what one process draws; nil where there is one, or where
    /// that is not known.
    private func rows(_ batch: Batch, of total: Int?) -> BatchPart? {
        guard let parallel, let total else { return nil }
        let rows = BatchShare(index: parallel.group.rank, count: parallel.group.size).rows(of: total)
        return BatchPart(start: rows.lowerBound, count: batch.sampleCount, total: total)
    }

    /// How many samples all processes have together.
    private func sampleCount(of shares: [(batch: Batch?, total: Int?)]) throws -> Double {
        if !shares.contains(where: { $0.total == nil }) {
            return Double(shares.reduce(0) { $0 + $1.total! })
        }
        let own = Double(shares.reduce(0) { $0 + ($1.batch?.sampleCount ?? 0) })
        return try parallel.map { try Ranks(group: $0.group).sum([own])[0] } ?? own
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
    public func stateDictionary() -> [String: Tensor] {
        var state = optimizer.stateDictionary().prefixed("optimizer.")
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
