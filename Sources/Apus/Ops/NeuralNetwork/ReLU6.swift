extension Tensor {
    /// min(max(x, 0), 6).
    public func relu6() -> Tensor {
        refuseOrderOfComplex("relu6", nil)
        return hardtanh(min: 0, max: 6)
    }
}

extension Operation {
    static let relu6 = Operation(
        "relu6", dtypes: DType.realFloating,
        [
            Sample("F.relu6(x)", [Input([3, 4], -8, 8)]) { $0[0].relu6() }
        ])
}
