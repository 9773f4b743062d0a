import Apus
import ApusData
import ApusNN

/// What learns from batches: a model with all it takes to train it.
///
/// `SupervisedLearner` is the usual one: a loss, an optimizer, a schedule. What learns in another way (two networks against
/// each other, an agent in an environment) is a class of its own, which the same `Trainer` runs, saves and resumes.
public protocol Learner: AnyObject {
    /// What it learns from in a step.
    associatedtype Batch: ApusData.Batch

    /// The model whose weights a checkpoint has under their own names, and which is used afterwards.
    var model: Module { get }

    /// Learns from one step's batches: one, or as many as `TrainingOptions.accumulation`.
    ///
    /// - Returns: what the step came to, means over its samples. `loss` is looked at for infinite values and stands beside the
    ///   progress bar.
    /// - Throws: `NonFiniteLoss` to leave the step out, with nothing changed, or end the run, as the options say.
    func train(on batches: [Batch]) throws -> Measurements

    /// What the model makes of a batch, for the loss and the metrics of the test samples.
    func evaluate(on batch: Batch) throws -> BatchResult

    /// Runs `body`, which evaluates. Where other weights are evaluated than those that are trained, they are put into
    /// the model meanwhile.
    func withEvaluatedWeights<R>(_ body: () throws -> R) rethrows -> R

    /// Is told what an evaluation came to, and adds numbers of its own.
    func evaluated(_ record: MetricsRecord) throws -> Measurements

    /// Everything that the learner needs to go on, besides the model's own weights and the default random generator.
    func stateDictionary() -> [String: Tensor]

    /// Goes on from the state of another learner of the same kind.
    ///
    /// - Throws: `StateMismatch`, with every name that does not fit.
    func load(_ state: [String: Tensor]) throws
}

extension Learner {
    /// Stops the program: who passes test samples writes this function.
    public func evaluate(on batch: Batch) throws -> BatchResult {
        fail("Trainer", "\(type(of: self)) has no evaluate(on:), but there are test samples")
    }

    /// Evaluates the weights that are trained.
    public func withEvaluatedWeights<R>(_ body: () throws -> R) rethrows -> R { try body() }

    /// Adds nothing.
    public func evaluated(_ record: MetricsRecord) throws -> Measurements { [:] }
}

/// What a learner throws in a step whose loss or gradients are infinite or NaN, before it has changed anything.
public struct NonFiniteLoss: Error {
    /// What was not finite, such as `the loss`.
    public let what: String
    /// Its value.
    public let value: Double

    /// - Parameter what: such as `the loss`.
    public init(_ value: Double, of what: String = "the loss") {
        self.what = what
        self.value = value
    }
}
