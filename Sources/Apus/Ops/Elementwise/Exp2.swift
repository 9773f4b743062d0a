import ApusKernels

extension Tensor {
    /// 2 to the power of each element.
    public func exp2() -> Tensor {
        elementwise(
            Kernels.exp2, floating: true,
            .output { gradient, y in gradient * (0.6931471805599453 * y).conjugate() })
    }
}

extension Operation {
    static let exp2 = Operation(
        "exp2",
        [
            Sample("torch.exp2(x)", [Input([3, 4])]) { $0[0].exp2() }
        ])
}
