import Apus

/// A layer that can also go through a sequence a step after the other, as generation does, with a state of constant size.
///
/// The steps of a sequence give what the layer gives for all of it in evaluation mode, and nothing is dropped.
///
/// ```swift
/// var state = layer.initialState(batch: 1)
/// for _ in 0..<steps { x = layer.step(x, &state) }
/// ```
public protocol StepwiseLayer: Module {
    /// What is remembered of the steps before.
    associatedtype State

    /// The state before the first step of so many sequences.
    func initialState(batch: Int) -> State

    /// The result of the next step; the state becomes the one after it.
    ///
    /// - Parameter x: [batch, features].
    func step(_ x: Tensor, _ state: inout State) -> Tensor
}
