extension Tensor {
    /// Slices along `axis` in the order of an index: `result[…, k, …] = self[…, index[k], …]`.
    ///
    /// The gradient adds up where an index repeats.
    /// - Parameter index: one axis (or none: one slice) of int64 or int32; negative ones count from the end. For
    ///   a scalar, which counts as one element along an axis, it is a single 0 or -1.
    public func indexSelect(
        axis: Int, index: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if rank == 0 {
            return selecting(scalarSelection(axis, index, "indexSelect", site), "indexSelect", site)
        }
        let axis = self.axis(axis, "indexSelect", site)
        if index.rank > 1 {
            fail("indexSelect", "the index has shape \(index.shape), not one axis", at: site)
        }
        var exact = index.asIndex("indexSelect", site)
        if index.rank == 0 { exact = exact.reshape([1]) }
        // The fast path for rows of a tensor without history and observers, such as an embedding's.
        if node == nil, Observers.areNone, isContiguous, let rows = try? self.rows(along: axis, exact) {
            return rows
        }
        return selecting(Selection(axis: axis, exact), "indexSelect", site)
    }

    /// Adds slices of `source` to slices along `axis`: `result[…, index[k], …] += source[…, k, …]`.
    public func indexAdd(
        axis: Int, index: Tensor, source: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if rank == 0 {
            var result = self
            let selection = scalarSelection(axis, index, "indexAdd", site)
            result.place(source, selection, adding: true, "indexAdd", site)
            return result
        }
        let axis = self.axis(axis, "indexAdd", site)
        if index.rank > 1 {
            fail("indexAdd", "the index has shape \(index.shape), not one axis", at: site)
        }
        let exact = index.asIndex("indexAdd", site).reshape([index.count])
        var result = self
        result.place(source, Selection(axis: axis, exact), adding: true, "indexAdd", site)
        return result
    }

    /// What an index selects along the axis that a scalar is taken to have: the scalar.
    private func scalarSelection(_ axis: Int, _ index: Tensor, _ operation: String, _ site: CallSite)
        -> Selection
    {
        if index.count != 1 {
            fail(operation, "an index of shape \(index.shape) for a scalar, which is one slice", at: site)
        }
        return selection(along: axis, index.reshape([]), operation, site)
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
            Sample("torch.index_select(x, -1, torch.tensor([0]))", [Input([])]) {
                $0[0].indexSelect(axis: -1, index: .zeros([1], dtype: .int64).to($0[0].device))
            },
            Sample("torch.index_add(x, 0, torch.tensor([0]), y)", [Input([]), Input([])]) {
                $0[0].indexAdd(axis: 0, index: .zeros([1], dtype: .int64).to($0[0].device), source: $0[1])
            },
            Sample(
                "torch.index_add(x, 1, y, z)",
                [Input([2, 4, 3]), Input([5], 0, 4, dtype: .int64), Input([2, 5, 3])]
            ) { $0[0].indexAdd(axis: 1, index: $0[1], source: $0[2]) },
        ])
}
