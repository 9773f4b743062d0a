import ApusKernelCalls

struct Square: UnaryPrimitive {
    static let kernel = Kernels.square
    static let saved = Saved.input(0)

    func gradient(_ backward: Backward) -> Tensor { backward.gradient * (2 * backward.input(0)).conjugate() }
}

extension Tensor {
    /// The elements times themselves.
    public func square() -> Tensor { elementwise(Square()) }
}

extension Operation {
    static let square = Operation(
        "square", dtypes: DType.numeric,
        [
            Sample("torch.square(x)", [Input([3, 4])]) { $0[0].square() }
        ])
}
