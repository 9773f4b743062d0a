extension Tensor {
    /// The sums of products over the last axes of both: [..., k] and [...', k] give [..., ...'].
    ///
    /// Nothing is conjugated. With a scalar it is the product.
    public func inner(_ other: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        if rank == 0 || other.rank == 0 { return self * other }
        let length = shape[rank - 1]
        if length != other.shape[other.rank - 1] {
            fail(
                "inner", "the last axes of shapes \(shape) and \(other.shape) differ",
                at: CallSite(file: file, line: line))
        }
        let (kept, otherKept) = (Array(shape.dropLast()), Array(other.shape.dropLast()))
        let columns = other.reshape([otherKept.elementCount, length]).transpose()
        return reshape([kept.elementCount, length]).matmul(columns, file: file, line: line)
            .reshape(kept + otherKept)
    }
}

extension Operation {
    static let inner = Operation(
        "inner", dtypes: DType.numeric,
        [
            Sample("torch.inner(x, y)", [Input([5]), Input([5])]) { $0[0].inner($0[1]) },
            Sample("torch.inner(x, y)", [Input([2, 3, 4]), Input([5, 4])]) { $0[0].inner($0[1]) },
            Sample("torch.inner(x, y)", [Input([]), Input([2, 3])]) { $0[0].inner($0[1]) },
        ])
}
