extension Tensor {
    /// The largest element so far along an axis, and where it is: the last of equal ones; NaN wins.
    ///
    /// The gradients go to the elements at these indices.
    public func cumulativeMax(axis: Int, file: StaticString = #fileID, line: UInt = #line)
        -> (values: Tensor, indices: Tensor)
    {
        scannedExtremes("cumulativeMax", axis, largest: true, CallSite(file: file, line: line))
    }
}

extension Operation {
    static let cumulativeMax = Operation(
        "cumulativeMax", dtypes: DType.real,
        [
            Sample("torch.cummax(x, 0).values", [Input([5, 4])]) { $0[0].cumulativeMax(axis: 0).values },
            Sample("torch.cummax(x, 1).values", [Input([3, 7])]) { $0[0].cumulativeMax(axis: 1).values },
        ])
}
