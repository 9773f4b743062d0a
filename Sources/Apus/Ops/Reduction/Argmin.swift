extension Tensor {
    /// Where the smallest element along an axis is, as int64: the first of equal ones; NaN wins.
    public func argmin(axis: Int, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        indexOfExtreme("argmin", axis, largest: false, keepDims, CallSite(file: file, line: line))
    }

    /// Where the smallest of all elements is in row-major order, as an int64 scalar.
    public func argmin(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        detach().reshape([count]).argmin(axis: 0, file: file, line: line)
    }
}

extension Operation {
    static let argmin = Operation(
        "argmin", dtypes: DType.realFloating, isDifferentiable: false,
        [
            Sample("torch.argmin(x)", [Input([3, 4])]) { $0[0].argmin() },
            Sample("torch.argmin(x, 1)", [Input([3, 70])]) { $0[0].argmin(axis: 1) },
            Sample("torch.argmin(x, 1, keepdim=True)", [Input([2, 3, 4])]) {
                $0[0].argmin(axis: 1, keepDims: true)
            },
        ])
}
