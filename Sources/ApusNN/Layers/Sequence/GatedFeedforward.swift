import Apus

/// Two linear layers with a gate between them, without biases: W₂·(GELU(W₁·x) ⊙ W_g·x) (Shazeer 2020, "GLU Variants Improve
/// Transformer", GEGLU), as in RetNet.
///
/// State, with the names of torchscale: `fc1.weight`, `gate.weight` [hidden, channels], `fc2.weight` [channels, hidden].
public final class GatedFeedforward: Module, Layer {
    /// To the hidden channels.
    public let fc1: Linear
    /// Back from them.
    public let fc2: Linear
    /// To the gates.
    public let gate: Linear

    /// - Parameters:
    ///   - channels: of the input and the result.
    ///   - hidden: channels between the layers.
    public init(_ channels: Int, hidden: Int, using generator: RandomGenerator = .default) {
        if channels < 1 || hidden < 1 {
            fail("GatedFeedforward", "\(channels) channels and \(hidden) hidden ones: both are positive")
        }
        Tensor.checkShape([hidden, channels], "GatedFeedforward")
        fc1 = Linear(channels, hidden, bias: false, using: generator)
        fc2 = Linear(hidden, channels, bias: false, using: generator)
        gate = Linear(channels, hidden, bias: false, using: generator)
    }

    /// [.., channels], in the same shape.
    public func forward(_ x: Tensor) -> Tensor { fc2(fc1(x).gelu() * gate(x)) }
}
