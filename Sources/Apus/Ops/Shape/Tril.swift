import ApusKernels

extension Tensor {
    /// The matrices of the last two axes with zeros above a diagonal.
    ///
    /// - Parameter diagonal: the last one kept: 0 is the main diagonal, positive ones lie above it.
    public func tril(_ diagonal: Int = 0, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        triangle("tril", diagonal, keepingLower: true, CallSite(file: file, line: line)) {
            $0.tril(diagonal)
        }
    }

    /// A copy with one side of a diagonal cleared.
    func triangle(
        _ operation: String, _ diagonal: Int, keepingLower: Bool, _ site: CallSite,
        gradient: @escaping @Sendable (Tensor) -> Tensor
    ) -> Tensor {
        if rank < 2 { fail(operation, "a tensor of shape \(shape) is not a matrix", at: site) }
        let result = Tensor(uninitialized: shape, dtype)
        copyElements(operand, into: result.operand)
        if count > 0 {
            clearTriangle(
                result.base, size: dtype.size, batch: shape.dropLast(2).clampedProduct, rows: shape[rank - 2],
                columns: shape[rank - 1], diagonal: diagonal, keepingLower: keepingLower)
        }
        return record(operation, result, [self], elementwise: true) { [gradient($0.gradient)] }
    }
}

extension Operation {
    static let tril = Operation(
        "tril", dtypes: DType.everything,
        [
            Sample("x.tril()", [Input([3, 4])]) { $0[0].tril() },
            Sample("x.tril(-1)", [Input([2, 4, 3])]) { $0[0].tril(-1) },
        ])
}
