extension Tensor {
    /// Tensors behind each other: along the third axis, where vectors are [1, n, 1], matrices [m, n, 1] and
    /// scalars [1, 1, 1].
    public static func dstack(
        _ tensors: [Tensor], file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let deep = tensors.map { tensor in
            switch tensor.rank {
            case 0, 1: tensor.reshape([1, tensor.count, 1])
            case 2: tensor.unsqueeze(2)
            default: tensor
            }
        }
        return cat(deep, axis: 2, file: file, line: line)
    }
}

extension Operation {
    static let dstack = Operation(
        "dstack", dtypes: DType.everything,
        [
            Sample("torch.dstack([x, y])", [Input([3]), Input([1, 3])]) { .dstack([$0[0], $0[1]]) },
            Sample("torch.dstack([x, y])", [Input([2, 3, 2]), Input([2, 3])]) { .dstack([$0[0], $0[1]]) },
            Sample("torch.dstack([x, y])", [Input([]), Input([])]) { .dstack([$0[0], $0[1]]) },
        ])
}
