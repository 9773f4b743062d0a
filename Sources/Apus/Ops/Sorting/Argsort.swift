extension Tensor {
    /// The int64 indices that put the elements in order along an axis.
    ///
    /// Equal elements keep their order; NaN is above everything.
    public func argsort(
        axis: Int = -1, descending: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        return sortingIndices("sort", rowAxis(axis, "sort", site), descending: descending, site)
    }
}

extension Operation {
    static let argsort = Operation(
        "argsort", dtypes: DType.realFloating, isDifferentiable: false,
        [
            Sample("torch.argsort(x, dim=1, stable=True)", [Input([3, 20])]) { $0[0].argsort() },
            Sample("torch.argsort(x, dim=0, descending=True, stable=True)", [Input([5, 4])]) {
                $0[0].argsort(axis: 0, descending: true)
            },
        ])
}
