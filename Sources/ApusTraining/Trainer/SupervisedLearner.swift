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
    private let clipNorm: Double?
    private let policy: NonFinitePolicy

    /// - Parameters:
    ///   - model: a `Module`.
    ///   - optimizer: of the model's parameters.
    ///   - options: of which it takes the clipping, the averaging and what is done about values that are not finite.
    public init(
        _ model: Model, _ objective: Objective<Model, Batch>, _ optimizer: Optimizer,
        options: TrainingOptions
    ) {
        guard model is Module else { fail("SupervisedLearner", "\(Model.self) is no Module") }
        trained = model
        self.objective = objective
        self.optimizer = optimizer
        clipNorm = options.clipNorm
        policy = options.nonFinite
    }

    /// The same as `trained`.
    public var model: Module { trained as! Module }

    /// One step of the optimizer, by the mean loss over the samples of all batches.
    public func train(on batches: [Batch]) throws -> Measurements {
        optimizer.zeroGradients()
        let total = Double(batches.reduce(0) { $0 + $1.sampleCount })
        var sums: Measurements = [:]
        for batch in batches {
            let result = try objective(trained, batch)
            let share = Double(batch.sampleCount) / total
            let loss = result.loss.item(as: Double.self)
            if !loss.isFinite { throw NonFiniteLoss(loss) }
            (share == 1 ? result.loss : result.loss * share).backward()
            sums["loss"] = (sums["loss"] ?? 0) + loss * share
            for (name, value) in result.values {
                sums[name] = (sums[name] ?? 0) + value.item(as: Double.self) * share
            }
        }
        optimizer.step()
        return sums
    }

    /// The objective's result.
    public func evaluate(on batch: Batch) throws -> BatchResult { try objective(trained, batch) }

    /// The optimizer's state under `optimizer.`.
    public func stateDictionary() -> [String: Tensor] { optimizer.stateDictionary().prefixed("optimizer.") }

    /// Goes on from such a state.
    public func load(_ state: [String: Tensor]) throws {
        try optimizer.load(state.part("optimizer."))
    }
}

extension [String: Tensor] {
    /// The same tensors, each name after `prefix`: a part of a learner's state.
    public func prefixed(_ prefix: String) -> [String: Tensor] {
        Dictionary(uniqueKeysWithValues: map { (prefix + $0.key, $0.value) })
    }

    /// Those whose names begin with `prefix`, without it.
    public func part(_ prefix: String) -> [String: Tensor] {
        Dictionary(
            uniqueKeysWithValues: filter { $0.key.hasPrefix(prefix) }
                .map { (String($0.key.dropFirst(prefix.count)), $0.value) })
    }
}
