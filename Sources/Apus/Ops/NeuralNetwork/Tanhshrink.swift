import ApusKernels

extension Tensor {
    /// x - tanh(x).
    public func tanhshrink() -> Tensor { self - tanh() }
}

extension Operation {
    static let tanhshrink = Operation(
        "tanhshrink", dtypes: DType.realFloating,
        [
            Sample("F.tanhshrink(x)", [Input([3, 4], -4, 4)]) { $0[0].tanhshrink() }
        ])
}
