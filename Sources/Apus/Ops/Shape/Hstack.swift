extension Tensor {
    /// Tensors side by side: along the second axis, or one after the other where they are vectors or scalars.
    public static func hstack(
        _ tensors: [Tensor], file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let rows = tensors.map { $0.rank == 0 ? $0.reshape([1]) : $0 }
        return cat(rows, axis: rows.first?.rank == 1 ? 0 : 1, file: file, line: line)
    }
}

extension Operation {
    static let hstack = Operation(
        "hstack", dtypes: DType.everything,
        [
            Sample("torch.hstack([x, y])", [Input([3]), Input([])]) { .hstack([$0[0], $0[1]]) },
            Sample("torch.hstack([x, y])", [Input([2, 3]), Input([2, 1])]) { .hstack([$0[0], $0[1]]) },
        ])
}
