extension Tensor {
    /// The elements where a mask is true, in row-major order: one axis.
    ///
    /// - Parameter mask: booleans; it and this tensor broadcast together.
    public func maskedSelect(_ mask: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        guard mask.dtype == .bool, let common = Shape.broadcast(shape, mask.shape) else {
            fail(
                "maskedSelect",
                "a \(mask.dtype) mask of shape \(mask.shape) does not go with shape \(shape)", at: site)
        }
        let (x, mask) = (broadcast(to: common), mask.broadcast(to: common))
        return x.rank == 0 ? x.reshape([1])[mask.reshape([1])] : x[mask]
    }
}

extension Operation {
    static let maskedSelect = Operation(
        "maskedSelect", dtypes: DType.everything,
        [
            Sample(
                "torch.masked_select(x, torch.tensor([[True], [False], [True]]))", [Input([3, 4])]
            ) { $0[0].maskedSelect(Tensor([true, false, true], shape: [3, 1]).to($0[0].device)) },
            Sample("torch.masked_select(x, y)", [Input([2, 3, 4]), Input([3, 4], -1, 1, dtype: .bool)]) {
                $0[0].maskedSelect($0[1])
            },
        ])
}
