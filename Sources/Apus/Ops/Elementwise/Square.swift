import ApusKernels

extension Tensor {
    /// The elements times themselves.
    public func square() -> Tensor {
        elementwise(Kernels.square, .input { gradient, x in gradient * (2 * x).conjugate() })
    }
}

extension Operation {
    static let square = Operation(
        "square", dtypes: DType.numeric,
        [
            Sample("torch.square(x)", [Input([3, 4])]) { $0[0].square() }
        ])
}
