extension Tensor {
    /// The coordinates of the elements that are not zero, in row-major order: int64, [found, rank].
    public func nonzero() -> Tensor { trueCoordinates().transpose() }
}

extension Operation {
    static let nonzero = Operation(
        "nonzero", dtypes: DType.everything, isDifferentiable: false,
        [
            Sample("torch.nonzero((x * 1.0).real.floor() * (x * 1.0).real.floor())", [Input([3, 4], 0, 2)]) {
                $0[0].real.to(.int64).nonzero()
            }
        ])
}
