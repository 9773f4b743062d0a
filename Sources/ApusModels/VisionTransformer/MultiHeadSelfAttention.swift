import Apus
import ApusNN

/// The attention of all tokens to each other, with the names of PyTorch's `MultiheadAttention`: `in_proj_weight`,
/// `in_proj_bias`, `out_proj.…`.
final class MultiHeadSelfAttention: Module, Layer {
    /// [3 · channels, channels], to queries, keys and values.
    let inWeight: Parameter
    /// [3 · channels].
    let inBias: Parameter
    /// Of the heads' results.
    let outProjection: Linear
    /// Of as many channels each.
    let heads: Int

    init(_ channels: Int, heads: Int, using generator: RandomGenerator) {
        inWeight = Parameter(Initializer.xavierUniform()([3 * channels, channels], using: generator))
        inBias = Parameter(.zeros([3 * channels]))
        outProjection = Linear(channels, channels, using: generator)
        outProjection.bias!.value = .zeros([channels])
        self.heads = heads
    }

    override var members: [(name: String, member: Member)] {
        [
            ("in_proj_weight", .parameter(inWeight)), ("in_proj_bias", .parameter(inBias)),
            ("out_proj", .module(outProjection)),
        ]
    }

    /// [batch, tokens, channels], in the same shape.
    func forward(_ x: Tensor) -> Tensor {
        let y = selfAttention(x, weight: inWeight.value, shift: inBias.value, heads: heads)
        return outProjection(y.transpose(1, 2).reshape(x.shape))
    }
}
