extension Tensor {
    /// exp(-x) / Σ exp(-x) along an axis; integers give float32.
    public func softmin(axis: Int = -1, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let x = realFloating("softmin", CallSite(file: file, line: line))
        return (-x).softmax(axis: axis, file: file, line: line)
    }
}

extension Operation {
    static let softmin = Operation(
        "softmin", dtypes: DType.realFloating,
        [Sample("F.softmin(x, 1)", [Input([2, 3, 4])]) { $0[0].softmin(axis: 1) }])
}
