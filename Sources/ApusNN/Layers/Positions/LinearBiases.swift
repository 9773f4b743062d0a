import Apus
import Glibc

/// Attention with linear biases (Press et al. 2021, "Train Short, Test Long", ALiBi): scores fall with the distance of query
/// and key, faster in one head than in the next.
public struct LinearBiases: Sendable {
    /// How much a score falls with each position, of each head.
    public let slopes: [Double]

    /// 2^(-8/heads), its square and so on; between those of a power of two where the heads are none, as the authors do it.
    public init(heads: Int) {
        if heads < 1 { fail("LinearBiases", "\(heads) heads; there must be at least one") }
        func powers(_ count: Int) -> [Double] {
            (1...count).map { pow(2, -8 * Double($0) / Double(count)) }
        }
        var whole = 1
        while 2 * whole <= heads { whole *= 2 }
        let between = powers(2 * whole).enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        slopes = powers(whole) + between.prefix(heads - whole)
    }

    /// What is added to scores: [heads, queries, keys], 0 where query and key are at the same position.
    ///
    /// - Parameter start: the position of the first query; that of the first key is 0.
    public func bias(queries: Int, keys: Int, from start: Int = 0) -> Tensor {
        let distances =
            Tensor.arange(start, start + queries).unsqueeze(1) - Tensor.arange(keys)
        return distances.abs().to(.float32) * Tensor(slopes.map { -$0 }, dtype: .float32).reshape([-1, 1, 1])
    }
}
