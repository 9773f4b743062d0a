import Apus
import Glibc

/// What attention's scores get for the distance of key and query, which is learned for distances in buckets: each small one by
/// itself, larger ones together with others of about their size (Raffel et al. 2020, T5, section 2.1).
///
/// State: `relative_attention_bias.weight`, as in T5. Biases start normal with a standard deviation of 1.
public final class RelativePositionBias: Module {
    /// [buckets, heads].
    public let table: Embedding
    /// From which distance on all are in the last bucket.
    public let mostDistance: Int
    /// Whether keys after the query have buckets of their own, half of them; else they count as distance 0.
    public let isBidirectional: Bool
    private let buckets: Int
    private let heads: Int

    /// - Parameters:
    ///   - buckets: an even number where it is bidirectional.
    ///   - mostDistance: from which on all distances are in the last bucket.
    public init(
        heads: Int, buckets: Int = 32, mostDistance: Int = 128, bidirectional: Bool = true,
        using generator: RandomGenerator = .default
    ) {
        let ofSide = bidirectional ? buckets / 2 : buckets
        if heads < 1 || ofSide < 2 || bidirectional && buckets % 2 != 0 || mostDistance <= ofSide / 2 {
            fail(
                "RelativePositionBias",
                "\(buckets) buckets for distances up to \(mostDistance) of \(heads) heads: a side has at least two "
                    + "buckets, and distances go beyond half of them")
        }
        table = Embedding(buckets, heads, using: generator)
        (self.mostDistance, isBidirectional) = (mostDistance, bidirectional)
        (self.buckets, self.heads) = (buckets, heads)
    }

    public override var members: [(name: String, member: Member)] {
        [("relative_attention_bias", .module(table))]
    }

    /// The bucket of a key's position less the query's.
    public func bucket(of difference: Int) -> Int {
        var buckets = buckets
        var (first, distance) = (0, -difference)
        if isBidirectional {
            buckets /= 2
            if difference > 0 { first = buckets }
            distance = abs(difference)
        }
        distance = max(distance, 0)
        let exact = buckets / 2
        if distance < exact { return first + distance }
        let share =
            log(Double(distance) / Double(exact)) / log(Double(mostDistance) / Double(exact))
        return first + min(exact + Int(share * Double(buckets - exact)), buckets - 1)
    }

    /// What is added to scores: [heads, queries, keys].
    ///
    /// - Parameter start: the position of the first query; that of the first key is 0.
    public func callAsFunction(
        queries: Int, keys: Int, from start: Int = 0, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) {
            if table.weight.shape != [buckets, heads] {
                fail(
                    "RelativePositionBias",
                    "a table of shape \(table.weight.shape), where \([buckets, heads]) is wanted")
            }
            // One look for each distance; a query's row is a window of them, a place further back for each next query.
            if queries == 0 || keys == 0 {
                return withDevice(table.weight.value.device) {
                    .zeros([heads, queries, keys])
                }
            }
            let buckets = (0..<(queries + keys - 1)).map { bucket(of: $0 - (start + queries - 1)) }
            return withDevice(table.weight.value.device) {
                table(Tensor(buckets)).unfold(axis: 0, size: keys).flip(axis: 0).permute([1, 0, 2])
            }
        }
    }
}
