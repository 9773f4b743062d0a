import Apus
import ApusNN

/// The attention of all positions of a feature map to each other. Each position is told by a learned vector,
/// which is added before.
///
/// State: `positions`, `attention.in_proj_weight`, `attention.in_proj_bias`, `attention.out_proj.…`.
final class PositionAttention: Module, Layer {
    /// [channels, size, size].
    let positions: Parameter
    let attention: MultiHeadAttention

    /// - Parameters:
    ///   - size: height and width of the feature maps.
    ///   - heads: divide the channels.
    init(_ channels: Int, size: Int, heads: Int, using generator: RandomGenerator) {
        if size < 1 || heads < 1 || channels % heads != 0 {
            fail(
                "PositionAttention",
                "\(channels) channels, \(heads) heads, \(size)×\(size) positions: heads divide the channels")
        }
        positions = Parameter(Initializer.narrowNormal([channels, size, size], using: generator))
        attention = MultiHeadAttention(channels, heads: heads, using: generator)
    }

    /// [batch, channels, size, size], in the same shape.
    func forward(_ x: Tensor) -> Tensor {
        let tokens = (x + positions.value).flatten(from: 2).transpose(1, 2)
        return attention(tokens).transpose(1, 2).reshape(x.shape)
    }
}
