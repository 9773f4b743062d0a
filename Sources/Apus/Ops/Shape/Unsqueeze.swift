struct Unsqueeze: SingleResult {
    let axis: Int
    let name = "unsqueeze"
    var isView: Bool { true }

    func value(of inputs: [Tensor]) -> Tensor {
        var layout = inputs[0].layout
        layout.strides.insert(
            axis < layout.rank ? layout.shape[axis] &* layout.strides[axis] : 1, at: axis)
        layout.shape.insert(1, at: axis)
        return inputs[0].viewed(layout)
    }

    func gradients(_ backward: Backward) -> [Tensor?] { [backward.gradient.squeeze(axis: axis)] }
    func reach(inputs: [Shape], result: Shape) -> Reach { .reshape }
}

extension Tensor {
    /// A new axis of extent 1 at position `axis` of the result: a view.
    public func unsqueeze(_ axis: Int, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let position = axis < 0 ? axis + rank + 1 : axis
        if position < 0 || position > rank {
            fail(
                "unsqueeze", "a tensor of shape \(shape) cannot get a new axis \(axis)",
                at: CallSite(file: file, line: line))
        }
        if rank == Layout.maximumRank {
            (shape + [1]).checkRank("unsqueeze", CallSite(file: file, line: line))
        }
        return Tensor.apply(Unsqueeze(axis: position), to: [self], at: nil)
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
