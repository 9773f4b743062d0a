extension Tensor {
    /// This tensor with the elements at positions counted through it in row-major order replaced, or
    /// added to.
    ///
    /// - Parameters:
    ///   - index: int64 or int32; negative ones count from the end.
    ///   - source: as many elements as the index has, in row-major order, or what broadcasts to its shape.
    public func put(
        _ index: Tensor, source: Tensor, adding: Bool = false, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let exact = index.asIndex("put", site)
        var flat = reshape([count])
        let source = source.count == index.count ? source.reshape(index.shape) : source
        flat.place(source, Selection(axis: 0, exact), adding: adding, "put", site)
        return flat.reshape(shape)
    }
}

extension Operation {
    static let put = Operation(
        "put", dtypes: DType.everything,
        [
            Sample("x.put(torch.tensor([1, -1, 5]), y)", [Input([3, 4]), Input([3])]) {
                $0[0].put(Tensor([1, -1, 5], shape: [3]).to($0[0].device), source: $0[1])
            },
            Sample("x.put(torch.tensor(0), y)", [Input([]), Input([1])]) {
                $0[0].put(.zeros([], dtype: .int64).to($0[0].device), source: $0[1])
            },
            Sample("x.put(torch.tensor([[0, 3], [5, 4]]), y)", [Input([2, 3]), Input([4, 1])]) {
                $0[0].put(Tensor([0, 3, 5, 4], shape: [2, 2]).to($0[0].device), source: $0[1])
            },
            Sample(
                "x.put(torch.tensor([1, -1, 1]), y, accumulate=True)", [Input([3, 4]), Input([3])]
            ) { $0[0].put(Tensor([1, -1, 1], shape: [3]).to($0[0].device), source: $0[1], adding: true) },
        ])
}
