extension Tensor {
    /// A new axis of extent 1 at position `axis` of the result: a view.
    public func unsqueeze(_ axis: Int, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let position = axis < 0 ? axis + rank + 1 : axis
        if position < 0 || position > rank {
            fail(
                "unsqueeze", "a tensor of shape \(shape) cannot get a new axis \(axis)",
                at: CallSite(file: file, line: line))
        }
        var layout = layout
        layout.strides.insert(
            position < rank ? layout.shape[position] &* layout.strides[position] : 1, at: position)
        layout.shape.insert(1, at: position)
        layout.shape.checkRank("unsqueeze", CallSite(file: file, line: line))
        return record("unsqueeze", viewed(layout), [self]) { [$0.gradient.squeeze(axis: position)] }
    }
}

extension Operation {
    static let unsqueeze = Operation(
        "unsqueeze", dtypes: DType.everything,
        [
            Sample("x.unsqueeze(1)", [Input([3, 4])]) { $0[0].unsqueeze(1) },
            Sample("x.unsqueeze(-1)", [Input([3, 4])]) { $0[0].unsqueeze(-1) },
        ])
}
