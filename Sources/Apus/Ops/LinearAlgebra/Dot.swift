extension Tensor {
    /// The inner product Σ xᵢyᵢ of two vectors, a scalar; see `vdot` for complex ones.
    public func dot(_ other: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        if rank != 1 || other.rank != 1 || count != other.count {
            fail(
                "dot", "takes two vectors of one length, not \(shape) and \(other.shape)",
                at: CallSite(file: file, line: line))
        }
        return matmul(other, file: file, line: line)
    }

    /// The inner product Σ x̄ᵢyᵢ of two vectors, a scalar.
    public func vdot(_ other: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        conjugate().dot(other, file: file, line: line)
    }
}

extension Operation {
    static let dot = Operation(
        "dot", dtypes: DType.numeric,
        [
            Sample("torch.dot(x, y)", [Input([5]), Input([5])]) { $0[0].dot($0[1]) },
            Sample("torch.vdot(x, y)", [Input([5]), Input([5])]) { $0[0].vdot($0[1]) },
        ])
}
