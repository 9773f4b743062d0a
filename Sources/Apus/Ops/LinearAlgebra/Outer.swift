extension Tensor {
    /// The outer product xᵢyⱼ of two vectors: [m] and [n] give [m, n].
    public func outer(_ other: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        if rank != 1 || other.rank != 1 {
            fail(
                "outer", "takes two vectors, not \(shape) and \(other.shape)",
                at: CallSite(file: file, line: line))
        }
        return reshape(count, 1) * other
    }
}

extension Operation {
    static let outer = Operation(
        "outer", dtypes: DType.everything,
        [Sample("torch.outer(x, y)", [Input([3]), Input([4])]) { $0[0].outer($0[1]) }])
}
