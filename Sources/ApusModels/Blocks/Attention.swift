import Apus

/// softmax(Q·Kᵀ + bias)·V of queries, keys and values [.., heads, tokens, head channels], in their shape (Vaswani et
/// al. 2017, without the factor, which is in the queries).
///
/// - Parameter bias: [.., heads, tokens, tokens], added to what the softmax is taken of.
func attention(queries: Tensor, keys: Tensor, values: Tensor, bias: Tensor? = nil) -> Tensor {
    let products = queries.matmul(keys.transpose())
    return (bias.map { products + $0 } ?? products).softmax().matmul(values)
}

/// The attention of tokens [.., tokens, channels] to each other: [.., heads, tokens, head channels], before the heads
/// are joined.
///
/// - Parameters:
///   - weight: [3 · channels, channels], of the layer that gives queries, keys and values.
///   - shift: [3 · channels], of that layer.
///   - bias: [.., heads, tokens, tokens], added to the products of queries and keys.
func selfAttention(_ x: Tensor, weight: Tensor, shift: Tensor, heads: Int, bias: Tensor? = nil) -> Tensor {
    let channels = x.shape[x.rank - 1]
    let size = channels / heads
    // The factor 1/√size of the queries is put into their weights, which are fewer than the queries of a batch.
    let scales = Tensor.cat(
        [
            .full([channels], 1 / Double(size).squareRoot(), dtype: weight.dtype),
            .ones([2 * channels], dtype: weight.dtype),
        ])
    // Queries, keys and values, and the heads in them, are views of this: its rows are the tokens.
    let parts = x.linear(weight * scales.unsqueeze(1), bias: shift * scales)
        .reshape(x.shape.dropLast() + [3, heads, size])
        .unbind(axis: -3).map { $0.transpose(-3, -2) }
    return attention(queries: parts[0], keys: parts[1], values: parts[2], bias: bias)
}
