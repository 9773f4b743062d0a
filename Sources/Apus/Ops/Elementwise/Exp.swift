import ApusKernels

extension Tensor {
    /// e to the power of each element.
    public func exp() -> Tensor {
        elementwise(Kernels.exp, floating: true, .output { gradient, y in gradient * y.conjugate() })
    }
}

/// e to the power of each element.
public func exp(_ x: Tensor) -> Tensor { x.exp() }

extension Operation {
    static let exp = Operation(
        "exp",
        [
            Sample("torch.exp(x)", [Input([3, 4])]) { $0[0].exp() }
        ])
}
