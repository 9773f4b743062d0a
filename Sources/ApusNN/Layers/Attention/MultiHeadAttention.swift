import Apus

/// Attention in several heads, each of its own projections (Vaswani et al. 2017, "Attention Is All You Need", section 3.2.2).
///
/// State names are those of PyTorch's `nn.MultiheadAttention`: `in_proj_weight`, `in_proj_bias`, `out_proj.weight`,
/// `out_proj.bias`, and where keys or values have another number of features `q_proj_weight`, `k_proj_weight` and
/// `v_proj_weight`. The batch comes first, and true in a mask takes part. Projections start as Glorot and Bengio's (2010),
/// biases at 0.
public final class MultiHeadAttention: Module, Layer {
    /// Channels of queries and results.
    public let channels: Int
    /// Heads, of channels / heads each.
    public let heads: Int
    /// The share of the weights that are dropped in training.
    public let dropout: Double
    /// To queries, keys and values: [3 · channels, channels]; nil where there are three.
    public let inWeight: Parameter?
    /// To queries, keys and values, [channels, features] each, where their features differ.
    public let inWeights: [Parameter]
    /// [3 · channels]; nil for a layer without.
    public let inBias: Parameter?
    /// Of the heads' results.
    public let outProjection: Linear

    /// - Parameters:
    ///   - channels: of queries and results, a multiple of the heads.
    ///   - keyFeatures: of what keys are made of; `channels` where it is nil.
    ///   - valueFeatures: of what values are made of; `channels` where it is nil.
    ///   - bias: whether all projections have one.
    ///   - dropout: the share of the weights that are dropped in training.
    public init(
        _ channels: Int, heads: Int, keyFeatures: Int? = nil, valueFeatures: Int? = nil, bias: Bool = true,
        dropout: Double = 0, using generator: RandomGenerator = .default
    ) {
        let features = [channels, keyFeatures ?? channels, valueFeatures ?? channels]
        if heads < 1 || features.contains(where: { $0 < 1 }) || channels % heads != 0 {
            fail(
                "MultiHeadAttention",
                "\(channels) channels in \(heads) heads, keys of \(features[1]) features and values of "
                    + "\(features[2]): all are positive, and the channels a multiple of the heads")
        }
        checkProbability(dropout, "MultiHeadAttention")
        (self.channels, self.heads, self.dropout) = (channels, heads, dropout)
        func projection(_ shape: Shape) -> Parameter {
            Parameter(Initializer.xavierUniform()(shape, using: generator))
        }
        if features.allSatisfy({ $0 == channels }) {
            (inWeight, inWeights) = (projection([3 * channels, channels]), [])
        } else {
            (inWeight, inWeights) = (nil, features.map { projection([channels, $0]) })
        }
        inBias = bias ? Parameter(.zeros([3 * channels])) : nil
        outProjection = Linear(channels, channels, bias: bias, using: generator)
        outProjection.bias?.value = .zeros([channels])
    }

    public override var members: [(name: String, member: Member)] {
        let names = ["q_proj_weight", "k_proj_weight", "v_proj_weight"]
        return (inWeight.map { [("in_proj_weight", .parameter($0))] } ?? [])
            + zip(names, inWeights).map { ($0, .parameter($1)) }
            + (inBias.map { [("in_proj_bias", .parameter($0))] } ?? [])
            + [("out_proj", .module(outProjection))]
    }

    /// The attention of all positions to each other: [batch, positions, channels], in the same shape.
    public func forward(_ x: Tensor) -> Tensor { attend(x, nil, nil, nil, nil, false) }

    /// The attention of queries to keys.
    ///
    /// - Parameters:
    ///   - query: [batch, queries, channels].
    ///   - key: what keys are made of, [batch, keys, features]; the queries where it is nil.
    ///   - value: what values are made of, [batch, keys, features]; that of the keys where it is nil.
    ///   - mask: what broadcasts to [batch, heads, queries, keys]: booleans, of which true takes part, or numbers that are
    ///     added to the scores.
    ///   - keyMask: [batch, keys], true for keys that take part: those that are no padding.
    ///   - isCausal: query i sees keys 0 to i.
    /// - Returns: [batch, queries, channels].
    public func callAsFunction(
        _ query: Tensor, key: Tensor? = nil, value: Tensor? = nil, mask: Tensor? = nil,
        keyMask: Tensor? = nil, isCausal: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) { attend(query, key, value, mask, keyMask, isCausal) }
    }

    private func attend(
        _ query: Tensor, _ key: Tensor?, _ value: Tensor?, _ mask: Tensor?, _ keyMask: Tensor?,
        _ isCausal: Bool
    ) -> Tensor {
        let (given, givenValues) = (key ?? query, value ?? key ?? query)
        let features = inWeight == nil ? inWeights.map { $0.value.shape[1] } : [channels, channels, channels]
        let operands = [("queries", query), ("keys", given), ("values", givenValues)]
        for ((what, tensor), count) in zip(operands, features)
        where tensor.rank != 3 || tensor.shape[2] != count || tensor.shape[0] != query.shape[0] {
            fail(
                "MultiHeadAttention",
                "\(what) of shape \(tensor.shape), where [\(query.rank > 0 ? "\(query.shape[0])" : "batch"), "
                    + "positions, \(count)] is wanted")
        }
        if given.shape[1] != givenValues.shape[1] {
            fail("MultiHeadAttention", "\(given.shape[1]) keys and \(givenValues.shape[1]) values")
        }
        let parts = projected(query, key, value)
        let y = parts[0].scaledDotProductAttention(
            key: parts[1], value: parts[2], mask: joined(mask, keyMask, keys: given.shape),
            isCausal: isCausal,
            dropout: isTraining ? dropout : 0)
        return outProjection(y.transpose(1, 2).reshape(query.shape))
    }

    /// Queries, keys and values, [batch, heads, positions, channels of a head] each.
    private func projected(_ query: Tensor, _ key: Tensor?, _ value: Tensor?) -> [Tensor] {
        let size = channels / heads
        func split(_ x: Tensor) -> Tensor {
            x.reshape([x.shape[0], x.shape[1], heads, size]).transpose(1, 2)
        }
        if let inWeight, key == nil && value == nil {
            // One product for all three.
            return query.linear(inWeight.value, bias: inBias?.value)
                .reshape([query.shape[0], query.shape[1], 3, heads, size])
                .permute([2, 0, 3, 1, 4]).unbind()
        }
        let weights = inWeight?.value.chunk(3) ?? inWeights.map(\.value)
        let biases = inBias?.value.chunk(3)
        let given = [query, key ?? query, value ?? key ?? query]
        return (0..<3).map { split(given[$0].linear(weights[$0], bias: biases?[$0])) }
    }

    private func joined(_ mask: Tensor?, _ keyMask: Tensor?, keys: Shape) -> Tensor? {
        guard let keyMask else { return mask }
        if keyMask.dtype != .bool || keyMask.shape != Array(keys.prefix(2)) {
            fail(
                "MultiHeadAttention",
                "a key mask of \(keyMask.dtype) and shape \(keyMask.shape), where booleans of shape "
                    + "\(keys.prefix(2)) are wanted")
        }
        let wide = keyMask.reshape([keys[0], 1, 1, keys[1]])
        guard let mask else { return wide }
        if mask.dtype == .bool { return mask.logicalAnd(wide) }
        return Tensor.where(wide, mask, -Double.infinity)
    }
}
