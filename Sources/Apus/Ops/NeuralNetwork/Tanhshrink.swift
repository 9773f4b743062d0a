import ApusKernels

extension Tensor {
    /// x - tanh(x).
    public func tanhshrink() -> Tensor {
        let x = floatingPoint
        // The gradient is tanh², of which 1 - (1 - tanh²) would lose the digits near 0.
        return record("tanhshrink", x.detach() - x.detach().tanh(), [x], elementwise: true) { backward in
            [backward.gradient * x.tanh().square().conjugate()]
        }
    }
}

extension Operation {
    static let tanhshrink = Operation(
        "tanhshrink", dtypes: DType.realFloating,
        [
            Sample("F.tanhshrink(x)", [Input([3, 4], -4, 4)]) { $0[0].tanhshrink() }
        ])
}
