import Apus
import ApusData
import ApusNN
import ApusOptim

/// Learns from a loss by its gradient: a model, an objective, an optimizer, and a schedule of the learning rate.
public final class SupervisedLearner<Model, Batch: ApusData.Batch>: Learner {
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

    /// One step of the optimizer, by the mean loss over the samples of all batches.
    public func train(on batches: [Batch]) throws -> Measurements {
        optimizer.zeroGradients()
        let total = Double(batches.reduce(0) { $0 + $1.sampleCount })
        var means: Measurements = [:]
        for batch in batches {
            let result = try objective(trained, batch)
            let share = Double(batch.sampleCount) / total
            let loss = result.loss.item(as: Double.self)
            if !loss.isFinite { throw NonFiniteLoss(loss) }
            (share == 1 ? result.loss : result.loss * share).backward()
            means["loss"] = (means["loss"] ?? 0) + loss * share
            for (name, value) in result.values {
                means[name] = (means[name] ?? 0) + value.item(as: Double.self) * share
            }
        }
        try limitGradients()
        optimizer.step()
        average?.update()
        if !scheduler.schedule.needsMetric { scheduler.step() }
        return means
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
