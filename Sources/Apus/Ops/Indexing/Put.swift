extension Tensor {
    /// This tensor with the elements at positions counted through it in row-major order replaced, or
    /// added to.
    ///
    /// - Parameters:
    ///   - index: int64 or int32; negative ones count from the end.
    ///   - source: the index's shape, or what broadcasts to it.
    public func put(
        _ index: Tensor, source: Tensor, adding: Bool = false, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let exact = index.asIndex("put", site)
        var flat = reshape([count])
        flat.place(source, Selection([count], blocks: [(0, exact)]), adding: adding, "put", site)
        return flat.reshape(shape)
    }
}

extension Operation {
    static let put = Operation(
        "put", dtypes: DType.everything,
        [
            Sample("x.put(torch.tensor([1, -1, 5]), y)", [Input([3, 4]), Input([3])]) {
                $0[0].put(Tensor([1, -1, 5], shape: [3]), source: $0[1])
            },
            Sample(
                "x.put(torch.tensor([1, -1, 1]), y, accumulate=True)", [Input([3, 4]), Input([3])]
            ) { $0[0].put(Tensor([1, -1, 1], shape: [3]), source: $0[1], adding: true) },
        ])
}
