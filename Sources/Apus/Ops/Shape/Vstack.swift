extension Tensor {
    /// Tensors below each other: along the first axis, where vectors are rows [1, n] and scalars [1, 1].
    public static func vstack(
        _ tensors: [Tensor], file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        cat(tensors.map { $0.rank < 2 ? $0.reshape([1, $0.count]) : $0 }, file: file, line: line)
    }
}

extension Operation {
    static let vstack = Operation(
        "vstack", dtypes: DType.everything,
        [
            Sample("torch.vstack([x, y])", [Input([3]), Input([2, 3])]) { .vstack([$0[0], $0[1]]) },
            Sample("torch.vstack([x, y])", [Input([]), Input([])]) { .vstack([$0[0], $0[1]]) },
        ])
}
