import Apus

/// The attention of each position to itself and those before it, with rotary positions: what language models are built of
/// (Vaswani et al. 2017, section 3.2.2; Su et al. 2021, "RoFormer").
///
/// Several heads of queries may share one of keys and values (Ainslie et al. 2023, "GQA"). Step by step, keys and values of the steps before
/// are kept: a state that grows with the sequence.
///
/// State: `qkv.weight` [(heads + 2·keyHeads)·channels / heads, channels] and `out.weight` [channels, channels].
public final class CausalAttention: Module, StepwiseLayer {
    /// To queries, keys and values.
    public let projection: Linear
    /// Of all heads, back to the channels.
    public let outProjection: Linear
    /// Heads of the queries.
    public let heads: Int
    /// Heads of keys and values.
    public let keyHeads: Int
    /// The share of the attention's weights that are dropped in training.
    public let dropout: Double
    /// Channels of a head.
    private let size: Int

    /// - Parameters:
    ///   - channels: of the input and of the result; those of a head are even.
    ///   - keyHeads: of which `heads` is a multiple; as many where it is nil.
    ///   - dropout: the share of the attention's weights that are dropped in training.
    public init(
        _ channels: Int, heads: Int, keyHeads: Int? = nil, dropout: Double = 0,
        using generator: RandomGenerator = .default
    ) {
        let keyHeads = keyHeads ?? heads
        if min(channels, heads, keyHeads) < 1 || channels % (2 * heads) != 0 || heads % keyHeads != 0 {
            fail(
                "CausalAttention",
                "\(channels) channels in \(heads) heads, of keys in \(keyHeads): all are positive, a head has an even number of "
                    + "channels, and the heads are a multiple of those of keys")
        }
        checkProbability(dropout, "CausalAttention")
        (self.heads, self.keyHeads, self.dropout, size) = (heads, keyHeads, dropout, channels / heads)
        projection = Linear(channels, (heads + 2 * keyHeads) * size, bias: false, using: generator)
        outProjection = Linear(channels, channels, bias: false, using: generator)
    }

    public override var members: [(name: String, member: Member)] {
        [("qkv", .module(projection)), ("out", .module(outProjection))]
    }

    /// [batch, time, channels], in the same shape.
    public func forward(_ x: Tensor) -> Tensor {
        let (q, k, v) = projected(x, from: 0)
        return finished(
            q.scaledDotProductAttention(
                key: k, value: v, isCausal: true, dropout: isTraining ? dropout : 0))
    }

    /// Nothing.
    public func initialState(batch: Int) -> KeyValueCache {
        let weight = projection.weight.value
        let nothing = withDevice(weight.device) {
            Tensor.zeros([batch, keyHeads, 0, size], dtype: weight.dtype)
        }
        return KeyValueCache(keys: nothing, values: nothing)
    }

    /// The state becomes longer by the steps.
    public func advance(_ x: Tensor, _ state: inout KeyValueCache) -> Tensor {
        let before = state.count
        let (q, k, v) = projected(x, from: before)
        let (keys, values) = state.append(k, v)
        let steps = x.shape[1]
        // A single step sees all there is.
        let mask: Tensor? =
            steps == 1 || before == 0
            ? nil
            : withDevice(x.device) { Tensor.ones([steps, before + steps], dtype: .bool).tril(before) }
        return finished(
            q.scaledDotProductAttention(
                key: keys, value: values, mask: mask, isCausal: before == 0 && steps > 1))
    }

    /// Queries, keys and values, [batch, heads, time, channels of a head] each, turned by their positions.
    private func projected(_ x: Tensor, from position: Int) -> (Tensor, Tensor, Tensor) {
        if x.rank != 3 || x.shape[2] != heads * size {
            fail(
                "CausalAttention", "an input of shape \(x.shape): it takes [batch, time, \(heads * size)]")
        }
        let parts = projection(x).reshape([x.shape[0], x.shape[1], heads + 2 * keyHeads, size])
            .transpose(1, 2).split(sizes: [heads + keyHeads, keyHeads], axis: 1)
        let turned = parts[0].rotaryEmbedding(pairs: .halves, offset: position)
            .split(sizes: [heads, keyHeads], axis: 1)
        return (turned[0], turned[1], parts[1])
    }

    private func finished(_ y: Tensor) -> Tensor {
        outProjection(y.transpose(1, 2).reshape([y.shape[0], y.shape[2], heads * size]))
    }
}
