extension Tensor {
    /// The sums of the diagonals of the matrices in the last two axes: [..., m, n] gives [...].
    public func trace(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        if rank < 2 {
            fail(
                "trace", "a tensor of shape \(shape) is not a matrix", at: CallSite(file: file, line: line))
        }
        return diagonal().sum(axis: -1)
    }
}

extension Operation {
    static let trace = Operation(
        "trace", dtypes: DType.numeric,
        [
            Sample("torch.trace(x)", [Input([3, 4])]) { $0[0].trace() },
            Sample("x.diagonal(0, -2, -1).sum(-1)", [Input([2, 3, 3])]) { $0[0].trace() },
        ])
}
