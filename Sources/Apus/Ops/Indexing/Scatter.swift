extension Tensor {
    /// This tensor with elements along `axis` replaced: for axis 1,
    /// `result[i, index[i, j, k], k] = source[i, j, k]`. Where an index repeats, the last one stays
    /// and has the gradient.
    ///
    /// - Parameters:
    ///   - index: as for `gather`.
    ///   - source: the index's shape, or what broadcasts to it.
    public func scatter(
        axis: Int, index: Tensor, source: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        var result = self
        result.place(source, selection(along: axis, index, "scatter", site), "scatter", site)
        return result
    }

    /// This tensor with elements along `axis` replaced by one number: for axis 1,
    /// `result[i, index[i, j, k], k] = value`.
    ///
    /// - Parameter index: as for `gather`.
    public func scatter<S: TensorScalar>(
        axis: Int, index: Tensor, value: S, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let number = WeakScalar(value)
        if !dtype.holds(number) {
            fail(
                "scatter", "a \(dtype) tensor cannot hold the \(number.dtype) value \(value)",
                at: CallSite(file: file, line: line))
        }
        let source = onItsDevice { number.tensor(dtype) }
        return scatter(axis: axis, index: index, source: source, file: file, line: line)
    }
}

extension Operation {
    static let scatter = Operation(
        "scatter", dtypes: DType.everything,
        [
            Sample(
                "torch.scatter(x, 1, torch.tensor([[0, 3], [1, 0], [2, 1]]), y)",
                [Input([3, 4]), Input([3, 2])]
            ) {
                $0[0].scatter(
                    axis: 1, index: Tensor([0, 3, 1, 0, 2, 1], shape: [3, 2]).to($0[0].device), source: $0[1])
            },
            Sample("torch.scatter(x, 0, torch.tensor([[0, 2], [1, 1]]), 1)", [Input([3, 4])]) {
                $0[0].scatter(
                    axis: 0, index: Tensor([0, 2, 1, 1], shape: [2, 2]).to($0[0].device), value: 1)
            },
            Sample("torch.scatter(x, 0, torch.tensor(0), 1)", [Input([])]) {
                $0[0].scatter(axis: 0, index: .zeros([], dtype: .int64).to($0[0].device), value: 1)
            },
        ])
}
