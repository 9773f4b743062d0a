import Apus

/// What linear attention makes of queries and keys before their products, in place of the softmax of these.
public enum AttentionFeatures: Hashable, Sendable {
    /// elu(x) + 1, which is never 0 (Katharopoulos et al. 2020, equation 7).
    case elu
    /// max(x, 0).
    case relu
    /// So many random features e^(ωᵀx − ‖x‖²/2)/√m of x·d^(−¼), whose products are on average the exponentials of softmax
    /// attention (Choromanski et al. 2020, "Rethinking Attention with Performers", FAVOR+).
    case favor(Int)

    /// Random directions, orthogonal to each other as far as there are dimensions, as long as Gaussian vectors: [m, d].
    static func directions(_ count: Int, _ channels: Int, using generator: RandomGenerator) -> Tensor {
        let lengths = Tensor.normal([count, channels], using: generator).norm(2, axis: 1, keepDims: true)
        let blocks = stride(from: 0, to: count, by: channels).map { start in
            let square = Initializer.orthogonal()([channels, channels], using: generator)
            return square.narrow(axis: 0, start: 0, count: min(channels, count - start))
        }
        return Tensor.cat(blocks) * lengths
    }

    /// - Parameters:
    ///   - x: [batch, heads, time, d].
    ///   - directions: ω, [m, d]; nil where features are not random.
    func callAsFunction(_ x: Tensor, _ directions: Tensor?) -> Tensor {
        guard let directions else { return self == .relu ? x.relu() : x.elu() + 1 }
        let (count, channels) = (Double(directions.shape[0]), Double(max(directions.shape[1], 1)))
        let scaled = x * (1 / channels.squareRoot().squareRoot())
        let lengths = scaled.square().sum(axis: -1, keepDims: true)
        return (scaled.matmul(directions.transpose(0, 1)) - lengths * 0.5).exp() * (1 / count.squareRoot())
    }
}
