extension Tensor {
    /// The `k` largest (or smallest) elements along an axis in order, and where they are.
    ///
    /// Of equal elements the first come first; NaN is above everything.
    public func topK(
        _ k: Int, axis: Int = -1, largest: Bool = true, file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, indices: Tensor) {
        let site = CallSite(file: file, line: line)
        let axis = rowAxis(axis, "topK", site)
        let length = rank == 0 ? 1 : shape[axis]
        if k < 0 || k > length {
            fail("topK", "k = \(k) of \(length) elements along axis \(axis) of shape \(shape)", at: site)
        }
        refuseOrderOfComplex("topK", site)
        let order = Argsort(axis: axis, kept: rank == 0 ? 1 : k, descending: largest)
        let indices = Tensor.apply(order, to: [self], at: site)
        return (gather(axis: axis, index: indices), indices)
    }
}

extension Operation {
    static let topK = Operation(
        "topK", dtypes: DType.integers + DType.realFloating,
        [
            Sample("torch.topk(x, 3, 1).values", [Input([3, 20])]) { $0[0].topK(3).values },
            Sample("torch.topk(x, 2, 0, largest=False).values", [Input([5, 4])]) {
                $0[0].topK(2, axis: 0, largest: false).values
            },
        ])
}
