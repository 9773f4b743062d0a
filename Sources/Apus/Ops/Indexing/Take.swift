extension Tensor {
    /// The elements at positions counted through the whole tensor in row-major order, in the index's shape.
    ///
    /// - Parameter index: int64 or int32; negative ones count from the end.
    public func take(_ index: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        let exact = index.asIndex("take", site)
        return reshape([count]).selecting(Selection(axis: 0, exact), "take", site)
    }
}

extension Operation {
    static let take = Operation(
        "take", dtypes: DType.everything,
        [
            Sample("torch.take(x, y)", [Input([3, 4]), Input([2, 5], -12, 12, dtype: .int64)]) {
                $0[0].take($0[1])
            }
        ])
}
