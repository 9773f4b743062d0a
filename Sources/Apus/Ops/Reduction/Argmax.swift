extension Tensor {
    /// Where the largest element along an axis is, as int64: the first of equal ones; NaN wins.
    public func argmax(axis: Int, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        indexOfExtreme("argmax", axis, largest: true, keepDims, CallSite(file: file, line: line))
    }

    /// Where the largest of all elements is in row-major order, as an int64 scalar.
    public func argmax(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        detach().reshape([count]).argmax(axis: 0, file: file, line: line)
    }
}

extension Operation {
    static let argmax = Operation(
        "argmax", dtypes: DType.realFloating, isDifferentiable: false,
        [
            Sample("torch.argmax(x)", [Input([3, 4])]) { $0[0].argmax() },
            Sample("torch.argmax(x, 1)", [Input([3, 70])]) { $0[0].argmax(axis: 1) },
            Sample("torch.argmax(x, 1, keepdim=True)", [Input([2, 3, 4])]) {
                $0[0].argmax(axis: 1, keepDims: true)
            },
        ])
}
