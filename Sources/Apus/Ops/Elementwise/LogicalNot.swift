import ApusKernels

extension Tensor {
    /// True where an element is zero.
    public func logicalNot() -> Tensor { elementwise(Kernels.logicalNot, nil) }

    /// True where an element is zero.
    public static prefix func .! (x: Tensor) -> Tensor { x.logicalNot() }
}

extension Operation {
    static let logicalNot = Operation(
        "logicalNot", dtypes: DType.everything, isDifferentiable: false,
        [
            Sample("torch.logical_not(x)", [Input([3, 4])]) { .!$0[0] }
        ])
}
