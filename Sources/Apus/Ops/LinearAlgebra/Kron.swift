extension Tensor {
    /// The Kronecker product: each element of this tensor times the whole of the other, laid out in blocks.
    /// The one with fewer axes gets leading axes of 1.
    public func kron(_ other: Tensor) -> Tensor {
        // Each axis becomes two, the first this tensor's and the second the other's; extents of 1 are left out, to stay
        // below the limit of axes.
        let rank = Swift.max(self.rank, other.rank)
        let a = [Int](repeating: 1, count: rank - self.rank) + shape
        let b = [Int](repeating: 1, count: rank - other.rank) + other.shape
        let pairs = zip(a, b).filter { $0 != (1, 1) }
        let blocks =
            reshape(pairs.flatMap { $0.1 == 1 ? [$0.0] : $0.0 == 1 ? [1] : [$0.0, 1] })
            * other.reshape(pairs.flatMap { $0.1 == 1 ? [1] : $0.0 == 1 ? [$0.1] : [1, $0.1] })
        return blocks.reshape(zip(a, b).map { $0 * $1 })
    }
}

extension Operation {
    static let kron = Operation(
        "kron", dtypes: DType.everything,
        [
            Sample("torch.kron(x, y)", [Input([2, 3]), Input([3, 2])]) { $0[0].kron($0[1]) },
            Sample("torch.kron(x, y)", [Input([2, 2]), Input([3])]) { $0[0].kron($0[1]) },
        ])
}
