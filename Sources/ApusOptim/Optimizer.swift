import Apus
import ApusNN

/// Changes parameters by their gradients.
public protocol Optimizer: AnyObject {
    /// What is updated.
    var parameters: [Parameter] { get }
    /// The step size; a schedule may change it between steps.
    var learningRate: Double { get set }
    /// Updates every parameter that has a gradient.
    func step()
    /// Everything a checkpoint needs to go on, by names that fit any model of the same shape.
    func stateDictionary() -> [String: Tensor]
    /// Goes on from the state of another optimizer of the same kind.
    ///
    /// - Throws: `StateMismatch` with every name that does not fit; nothing is changed then.
    func load(_ state: [String: Tensor]) throws
}

extension Optimizer {
    /// Forgets the collected gradients, before the next backward pass.
    public func zeroGradients() {
        for parameter in parameters { parameter.grad = nil }
    }
}
