extension Tensor {
    /// Tensors side by side: along the second axis, where vectors are columns [n, 1] and scalars [1, 1].
    public static func columnStack(
        _ tensors: [Tensor], file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        cat(tensors.map { $0.rank < 2 ? $0.reshape([$0.count, 1]) : $0 }, axis: 1, file: file, line: line)
    }
}

extension Operation {
    static let columnStack = Operation(
        "columnStack", dtypes: DType.everything,
        [
            Sample("torch.column_stack([x, y])", [Input([3]), Input([3, 2])]) {
                .columnStack([$0[0], $0[1]])
            },
            Sample("torch.column_stack([x, y])", [Input([]), Input([1, 2])]) {
                .columnStack([$0[0], $0[1]])
            },
        ])
}
