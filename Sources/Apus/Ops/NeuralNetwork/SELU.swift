extension Tensor {
    /// λ times `elu` with the α that keeps mean 0 and variance 1 (Klambauer et al., 2017, eq. 2).
    public func selu() -> Tensor {
        1.0507009873554804934193349852946 * elu(alpha: 1.6732632423543772848170429916717)
    }
}

extension Operation {
    static let selu = Operation(
        "selu", dtypes: DType.realFloating,
        [
            Sample("F.selu(x)", [Input([3, 4], -4, 4)]) { $0[0].selu() }
        ])
}
