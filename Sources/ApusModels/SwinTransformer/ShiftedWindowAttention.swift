import Apus
import ApusNN

/// The attention of tokens to those of their window, with a learned number for each distance of two tokens (Liu et al.
/// 2021, section 3.2).
///
/// State: `relative_position_bias_table`, `relative_position_index`, `qkv.…`, `proj.…`.
final class ShiftedWindowAttention: Module, Layer {
    /// [(2 · window − 1)², heads]: what is added to the products of queries and keys at each distance.
    let biasTable: Parameter
    /// [window⁴]: the row of the table for each pair of tokens.
    let biasIndex: Buffer
    /// To queries, keys and values.
    let qkv: Linear
    /// Of the heads' results.
    let proj: Linear
    /// Of as many channels each.
    let heads: Int
    /// Tokens along each axis.
    let window: Int
    /// By how much the plane is rolled before it is cut.
    let shift: Int

    init(_ channels: Int, heads: Int, window: Int, shift: Int, using generator: RandomGenerator) {
        let distances = 2 * window - 1
        biasTable = Parameter(
            Initializer.narrowNormal([distances * distances, heads], using: generator),
            name: "relative_position_bias_table")
        let places = (0..<window * window).map { (y: $0 / window, x: $0 % window) }
        let index = places.flatMap { a in
            places.map { b in (a.y - b.y + window - 1) * distances + a.x - b.x + window - 1 }
        }
        biasIndex = Buffer(Tensor(index), name: "relative_position_index")
        qkv = Linear(channels, 3 * channels, using: generator)
            .initialized(.narrowNormal, using: generator)
        proj = Linear(channels, channels, using: generator)
            .initialized(.narrowNormal, using: generator)
        self.heads = heads
        self.window = window
        self.shift = shift
    }

    /// [batch, height, width, channels], in the same shape.
    func forward(_ x: Tensor) -> Tensor {
        let windows = ShiftedWindows(height: x.shape[1], width: x.shape[2], extent: window, shift: shift)
        let tokens = window * window
        let table = biasTable.value
        var bias = table.transpose().indexSelect(axis: 1, index: biasIndex.value)
            .reshape(heads, tokens, tokens)
        if let mask = windows.mask(table.dtype) { bias = bias + mask }
        let y = selfAttention(
            windows.divided(x), weight: qkv.weight.value, shift: qkv.bias!.value, heads: heads, bias: bias)
        return proj(windows.joined(y))
    }
}
