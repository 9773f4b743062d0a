import Apus

/// A layer that can also go through a sequence part by part, or a step after the other, as generation does, with a state of what
/// it has seen.
///
/// The parts of a sequence give what the layer gives for all of it in evaluation mode.
///
/// ```swift
/// var state = layer.initialState(batch: 1)
/// var x = layer.advance(prompt, &state)
/// for _ in 0..<steps { x = layer.advance(x.narrow(axis: 1, start: x.shape[1] - 1, count: 1), &state) }
/// ```
public protocol StepwiseLayer: Layer {
    /// What is remembered of the steps before.
    associatedtype State

    /// The state before the first step of so many sequences.
    func initialState(batch: Int) -> State

    /// The results of the next steps; the state becomes the one after them.
    ///
    /// - Parameter x: [batch, time, features], of one step or more.
    /// - Returns: [batch, time, features].
    func advance(_ x: Tensor, _ state: inout State) -> Tensor
}

extension StepwiseLayer {
    /// A whole sequence, [batch, time, features], in the same shape: what `advance` gives from the first state.
    public func forward(_ x: Tensor) -> Tensor {
        var state = initialState(batch: x.shape.first ?? 0)
        return advance(x, &state)
    }

    /// The result of the next step, as `advance` gives it.
    ///
    /// - Parameter x: [batch, features] of one time.
    /// - Returns: [batch, features].
    public func step(_ x: Tensor, _ state: inout State) -> Tensor {
        advance(x.unsqueeze(1), &state).squeeze(axis: 1)
    }
}
