import ApusKernels

extension Tensor {
    /// The distinct elements in order; for each element, in this tensor's shape, where its value is among
    /// them; and how often each occurs.
    ///
    /// Not-a-numbers are all distinct. Takes no part in differentiation.
    public func unique(file: StaticString = #fileID, line: UInt = #line)
        -> (values: Tensor, inverse: Tensor, counts: Tensor)
    {
        let site = CallSite(file: file, line: line)
        let flat = detach().reshape([count])
        let order = flat.sortingIndices("unique", 0, descending: false, site)
        let inverse = Tensor(uninitialized: shape, .int64)
        let x = flat.rowMajor()
        let starts = Kernels.distinctRuns(
            x.start, x.dtype, count, order: order.start.assumingMemoryBound(to: Int64.self),
            inverse: inverse.base.assumingMemoryBound(to: Int64.self))
        let ends = starts.dropFirst() + [count]
        let counts = Tensor(zip(ends, starts).map { Int64($0 - $1) }, shape: [starts.count])
        let firsts = Tensor(starts.map { Int64($0) }, shape: [starts.count])
        let values = flat.gather(axis: 0, index: order.gather(axis: 0, index: firsts))
        return (values, inverse, counts)
    }
}

extension Operation {
    static let unique = Operation(
        "unique", dtypes: DType.real, isDifferentiable: false,
        [
            Sample("torch.unique(x * 0 + y.to(x.dtype))", [Input([12]), Input([12], 0, 5, dtype: .int64)]) {
                ($0[0] * 0 + $0[1].to($0[0].dtype)).unique().values
            },
            Sample(
                "torch.unique(y, return_inverse=True)[1]", [Input([1]), Input([3, 4], 0, 5, dtype: .int64)]
            ) {
                $0[1].unique().inverse
            },
            Sample(
                "torch.unique(y, return_counts=True)[1]", [Input([1]), Input([3, 4], 0, 5, dtype: .int64)]
            ) {
                $0[1].unique().counts
            },
        ])
}
