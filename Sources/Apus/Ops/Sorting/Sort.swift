extension Tensor {
    /// The elements in order along an axis, and where each was.
    ///
    /// Equal elements keep their order; NaN is above everything.
    public func sort(
        axis: Int = -1, descending: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, indices: Tensor) {
        let indices = argsort(axis: axis, descending: descending, file: file, line: line)
        return (gather(axis: axis, index: indices), indices)
    }
}

extension Operation {
    static let sort = Operation(
        "sort", dtypes: DType.real,
        [
            Sample("torch.sort(x, dim=1, stable=True).values", [Input([3, 70])]) { $0[0].sort().values },
            Sample("torch.sort(x, dim=0, descending=True, stable=True).values", [Input([5, 4])]) {
                $0[0].sort(axis: 0, descending: true).values
            },
        ])
}
