import Apus

/// A layer of RetNet: x + retention(norm(x)), and of that y + feedforward(norm(y)) (Sun et al. 2023, section 2).
///
/// Sequences are [batch, time, channels]. State, with the names of torchscale: `retention.…`, `retention_layer_norm.weight`,
/// `ffn.fc1.weight`, `ffn.fc2.weight`, `ffn.gate.weight`, `final_layer_norm.weight`. A published model's angles and decays,
/// `retnet_rel_pos.angle` and `retnet_rel_pos.decay`, are those of `Retention`.
public final class RetNetBlock: Module, StepwiseLayer {
    /// What goes through time.
    public let retention: Retention
    /// Before it.
    public let retentionNorm: RMSNorm
    /// What goes through channels.
    public let feedforward: GatedFeedforward
    /// Before it.
    public let finalNorm: RMSNorm

    /// - Parameters:
    ///   - channels: of the input and the result.
    ///   - hidden: of the feedforward layers; twice the channels where it is nil.
    ///   - valueChannels: of values and gates; twice the channels where it is nil.
    ///   - epsilon: of all norms.
    ///   - shiftsTokens: whether retention sees half of the channels of the step before.
    public init(
        _ channels: Int, heads: Int, hidden: Int? = nil, valueChannels: Int? = nil, epsilon: Double = 1e-6,
        shiftsTokens: Bool = false, using generator: RandomGenerator = .default
    ) {
        retention = Retention(
            channels, heads: heads, valueChannels: valueChannels, epsilon: epsilon,
            shiftsTokens: shiftsTokens,
            using: generator)
        retentionNorm = RMSNorm(channels, epsilon: epsilon)
        feedforward = GatedFeedforward(
            channels, hidden: hidden ?? channels.multipliedClamped(by: 2), using: generator)
        finalNorm = RMSNorm(channels, epsilon: epsilon)
    }

    public override var members: [(name: String, member: Member)] {
        [
            ("retention", .module(retention)), ("retention_layer_norm", .module(retentionNorm)),
            ("ffn", .module(feedforward)), ("final_layer_norm", .module(finalNorm)),
        ]
    }

    /// How retention is computed for a whole sequence.
    public var form: SequenceForm {
        get { retention.form }
        set { retention.form = newValue }
    }

    /// [batch, time, channels], in the same shape.
    public func forward(_ x: Tensor) -> Tensor { fed(x + retention(retentionNorm(x))) }

    /// Zeros, at position 0.
    public func initialState(batch: Int) -> Retention.State { retention.initialState(batch: batch) }

    /// The results of the next steps, [batch, time, channels] both.
    public func advance(_ x: Tensor, _ state: inout Retention.State) -> Tensor {
        fed(x + retention.advance(retentionNorm(x), &state))
    }

    private func fed(_ x: Tensor) -> Tensor { x + feedforward(finalNorm(x)) }
}
