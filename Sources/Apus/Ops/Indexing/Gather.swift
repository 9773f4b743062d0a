extension Tensor {
    /// Elements picked along `axis`: for axis 1, `result[i, j, k] = self[i, index[i, j, k], k]`.
    ///
    /// - Parameter index: int64 or int32, with as many axes as this tensor and, except along `axis`, no longer than it;
    ///   negative indices count from the end. It gives the result its shape. A scalar counts as one element along an
    ///   axis, and an index without elements may have any type and shape.
    public func gather(axis: Int, index: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        return selecting(selection(along: axis, index, "gather", site), "gather", site)
    }

    /// The elements that an index of the same rank names along an axis.
    func selection(along axis: Int, _ index: Tensor, _ operation: String, _ site: CallSite) -> Selection {
        let axis = rowAxis(axis, operation, site)
        if index.count == 0 { return Selection(along: axis, index.detach().to(.int64)) }
        if rank + index.rank < 2 {
            let row = StridedView(starts: [], shape: [1], axes: [StridedView.Axis(nil)])
            return Selection(view: rank == 0 ? row : nil, axis: 0, index.asIndex(operation, site))
        }
        let fits =
            index.rank == rank
            && index.shape.indices.allSatisfy { $0 == axis || index.shape[$0] <= shape[$0] }
        if !fits {
            fail(
                operation, "an index of shape \(index.shape) does not fit axis \(axis) of shape \(shape)",
                at: site)
        }
        return Selection(along: axis, index.asIndex(operation, site))
    }
}

extension Operation {
    static let gather = Operation(
        "gather", dtypes: DType.everything,
        [
            Sample("torch.gather(x, 0, y)", [Input([4, 3]), Input([5, 3], 0, 4, dtype: .int64)]) {
                $0[0].gather(axis: 0, index: $0[1])
            },
            Sample("torch.gather(x, 1, y)", [Input([2, 4, 3]), Input([2, 5, 2], 0, 4, dtype: .int64)]) {
                $0[0].gather(axis: 1, index: $0[1])
            },
            Sample("torch.gather(x, 0, torch.tensor([0, 0]))", [Input([])]) {
                $0[0].gather(axis: 0, index: .zeros([2], dtype: .int64).to($0[0].device))
            },
            Sample("torch.gather(x, 0, torch.zeros(2, 0, dtype=torch.uint8))", [Input([5])]) {
                $0[0].gather(axis: 0, index: .zeros([2, 0], dtype: .uint8).to($0[0].device))
            },
            Sample("torch.gather(x, -1, y)", [Input([4, 3]), Input([3, 2], 0, 3, dtype: .int64)]) {
                $0[0].gather(axis: -1, index: $0[1])
            },
        ])
}
