struct Nonzero: SingleResult {
    let name = "nonzero"
    var isDifferentiable: Bool { false }

    func value(of inputs: [Tensor]) -> Tensor {
        let found = inputs[0].coordinatesOfTrue()
        return found.viewed(found.layout.permuted([1, 0]))
    }
}

extension Tensor {
    /// The coordinates of the elements that are not zero, in row-major order: int64, [found, rank].
    public func nonzero() -> Tensor { Tensor.apply(Nonzero(), to: [self], at: nil) }
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
