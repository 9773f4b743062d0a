import Apus

/// The two linear layers of a Transformer's blocks, at each position by itself (Vaswani et al. 2017, section 3.3): a part of
/// a block, in whose state they are `linear1` and `linear2`.
public struct TransformerFeedforward {
    /// What is between the layers.
    public enum Activation: String, Codable, Sendable, CaseIterable {
        /// max(x, 0).
        case relu
        /// x·Φ(x).
        case gelu
        /// x·σ(x).
        case silu
    }

    /// To the hidden channels.
    public let linear1: Linear
    /// Back from them.
    public let linear2: Linear
    /// What is between the layers.
    public let activation: Activation
    /// The share of hidden numbers that are dropped in training.
    public let dropout: Double

    init(
        _ channels: Int, hidden: Int, activation: Activation, dropout: Double, bias: Bool,
        using generator: RandomGenerator
    ) {
        checkProbability(dropout, "TransformerFeedforward")
        linear1 = Linear(channels, hidden, bias: bias, using: generator)
        linear2 = Linear(hidden, channels, bias: bias, using: generator)
        (self.activation, self.dropout) = (activation, dropout)
    }

    var members: [(name: String, member: Module.Member)] {
        [("linear1", .module(linear1)), ("linear2", .module(linear2))]
    }

    /// [.., channels], in the same shape.
    func callAsFunction(_ x: Tensor, isTraining: Bool) -> Tensor {
        let inner = linear1(x)
        let hidden =
            switch activation {
            case .relu: inner.relu()
            case .gelu: inner.gelu()
            case .silu: inner.silu()
            }
        return linear2(isTraining ? hidden.dropout(dropout) : hidden)
    }
}
