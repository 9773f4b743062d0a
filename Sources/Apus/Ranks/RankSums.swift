/// Sums over the ranks that share a batch: by these, normalisations that are synchronized find the moments of all rows.
///
/// All ranks must ask for the same sums in the same order, in the forward and in the backward pass: also those that have no rows,
/// which compute with a batch of 0.
public struct RankSums: Sendable {
    /// This rank's number, from 0.
    public let rank: Int
    /// How many ranks there are.
    public let size: Int
    private let add: @Sendable (Tensor) -> Tensor

    /// - Parameter add: the sum of all ranks' tensors, which have the same shape and type, the same on all ranks; float64.
    public init(rank: Int, size: Int, add: @escaping @Sendable (Tensor) -> Tensor) {
        if rank < 0 || rank >= size { fail("RankSums", "there is no rank \(rank) among \(size)") }
        (self.rank, self.size, self.add) = (rank, size, add)
    }

    /// Those of the `withRankSums` around; nil where no other rank takes part.
    public static var current: RankSums? { surrounding }

    @TaskLocal fileprivate static var surrounding: RankSums?

    /// The sum of all ranks' tensors, in float64. Its gradient is the sum of all ranks' gradients: the gradient of the sum of
    /// their losses.
    func sum(_ x: Tensor) -> Tensor { Tensor.apply(RankSum(ranks: self), to: [x.to(.float64)], at: nil) }

    /// A row of float64 numbers of each rank, [ranks, count], without history.
    func gather(_ row: Tensor) -> Tensor {
        let rows = (0..<size).map { $0 == rank ? row : Tensor.zeros(row.shape, dtype: .float64) }
        return add(Tensor.stack(rows))
    }

    /// The sum over ranks, a linear map that is its own adjoint.
    private struct RankSum: SingleResult {
        let ranks: RankSums
        var name: String { "rankSum" }
        var attributes: [Attribute] { [] }

        func value(of inputs: [Tensor]) -> Tensor { ranks.add(inputs[0]) }
        func gradients(_ backward: Backward) -> [Tensor?] { [ranks.sum(backward.gradient)] }
    }
}

/// Within `body` what is synchronized, such as a `BatchNorm` of which `isSynchronized` is true, sums over these ranks.
///
/// The backward pass sums over the same ones, wherever it runs.
///
/// - Parameter ranks: nil ends those around.
public func withRankSums<Result>(_ ranks: RankSums?, _ body: () throws -> Result) rethrows -> Result {
    try RankSums.$surrounding.withValue(ranks, operation: body)
}
