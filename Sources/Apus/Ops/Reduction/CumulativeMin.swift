extension Tensor {
    /// The smallest element so far along an axis, and where it is: the last of equal ones; NaN wins.
    ///
    /// The gradients go to the elements at these indices.
    public func cumulativeMin(axis: Int, file: StaticString = #fileID, line: UInt = #line)
        -> (values: Tensor, indices: Tensor)
    {
        scannedExtremes("cumulativeMin", axis, largest: false, CallSite(file: file, line: line))
    }
}

extension Operation {
    static let cumulativeMin = Operation(
        "cumulativeMin", dtypes: DType.real,
        [
            Sample("torch.cummin(x, 0).values", [Input([5, 4])]) { $0[0].cumulativeMin(axis: 0).values },
            Sample("torch.cummin(x, 1).values", [Input([3, 7])]) { $0[0].cumulativeMin(axis: 1).values },
        ])
}
