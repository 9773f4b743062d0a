extension Tensor {
    /// Slices along `axis` in the order of an index: `result[…, k, …] = self[…, index[k], …]`.
    ///
    /// The gradient adds up where an index repeats.
    /// - Parameter index: one axis (or none: one slice) of int64 or int32; negative ones count from the end.
    public func indexSelect(
        axis: Int, index: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let axis = self.axis(axis, "indexSelect", site)
        if index.rank > 1 {
            fail("indexSelect", "the index has shape \(index.shape), not one axis", at: site)
        }
        let exact = index.asIndex("indexSelect", broadcastTo: index.rank == 1 ? nil : [1], site)
        if !isContiguous { return selecting(Selection(shape, blocks: [(axis, exact)]), "indexSelect", site) }
        let result = rows(along: axis, exact, "indexSelect", site)
        return record("indexSelect", result, [self]) { [shape] backward in
            var total = Tensor.zeros(shape, dtype: backward.gradient.dtype)
            total.place(
                backward.gradient, Selection(shape, blocks: [(axis, exact)]), adding: true, "indexSelect")
            return [total]
        }
    }

    /// Adds slices of `source` to slices along `axis`: `result[…, index[k], …] += source[…, k, …]`.
    public func indexAdd(
        axis: Int, index: Tensor, source: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let axis = self.axis(axis, "indexAdd", site)
        if index.rank > 1 {
            fail("indexAdd", "the index has shape \(index.shape), not one axis", at: site)
        }
        let exact = index.asIndex("indexAdd", broadcastTo: [index.count], site)
        var result = self
        result.place(source, Selection(shape, blocks: [(axis, exact)]), adding: true, "indexAdd", site)
        return result
    }
}

extension Operation {
    static let indexSelect = Operation(
        "indexSelect", dtypes: DType.everything,
        [
            Sample("torch.index_select(x, 0, y)", [Input([4, 3]), Input([6], 0, 4, dtype: .int64)]) {
                $0[0].indexSelect(axis: 0, index: $0[1])
            },
            Sample("torch.index_select(x, 1, y)", [Input([2, 4, 3]), Input([5], 0, 4, dtype: .int64)]) {
                $0[0].indexSelect(axis: 1, index: $0[1])
            },
            Sample("torch.index_select(x, 2, y)", [Input([2, 4, 3]), Input([5], 0, 3, dtype: .int64)]) {
                $0[0].indexSelect(axis: -1, index: $0[1])
            },
            Sample(
                "torch.index_add(x, 1, y, z)",
                [Input([2, 4, 3]), Input([5], 0, 4, dtype: .int64), Input([2, 5, 3])]
            ) { $0[0].indexAdd(axis: 1, index: $0[1], source: $0[2]) },
        ])
}
