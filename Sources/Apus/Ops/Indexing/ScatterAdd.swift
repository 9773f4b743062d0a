extension Tensor {
    /// This tensor with elements added along `axis`: for axis 1,
    /// `result[i, index[i, j, k], k] += source[i, j, k]`, in the order of the index, so that the result
    /// does not depend on the number of threads.
    ///
    /// - Parameters:
    ///   - index: as for `gather`.
    ///   - source: the index's shape, or what broadcasts to it.
    public func scatterAdd(
        axis: Int, index: Tensor, source: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        var result = self
        result.place(
            source, selection(along: axis, index, "scatterAdd", site), adding: true, "scatterAdd", site)
        return result
    }
}

extension Operation {
    static let scatterAdd = Operation(
        "scatterAdd", dtypes: DType.everything,
        [
            Sample(
                "torch.scatter_add(x, 0, y, z)",
                [Input([3, 4]), Input([6, 4], 0, 3, dtype: .int64), Input([6, 4])]
            ) { $0[0].scatterAdd(axis: 0, index: $0[1], source: $0[2]) },
            Sample(
                "torch.scatter_add(x, 1, y, z)",
                [Input([3, 4]), Input([2, 5], 0, 4, dtype: .int64), Input([2, 5])]
            ) { $0[0].scatterAdd(axis: 1, index: $0[1], source: $0[2]) },
        ])
}
