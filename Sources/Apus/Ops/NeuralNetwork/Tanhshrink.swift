struct Tanhshrink: SingleResult {
    let name = "tanhshrink"
    var types: TypeRule { .function }

    func value(of inputs: [Tensor]) -> Tensor { inputs[0] - inputs[0].tanh() }
    func saved(for needs: [Bool]) -> Saved { .input(0) }

    // The gradient is tanh², of which 1 - (1 - tanh²) would lose the digits near 0.
    func gradients(_ backward: Backward) -> [Tensor?] {
        [backward.gradient * backward.input(0).tanh().square().conjugate()]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// x - tanh(x).
    public func tanhshrink() -> Tensor { Tensor.apply(Tanhshrink(), to: [promoted(by: .function)], at: nil) }
}

extension Operation {
    static let tanhshrink = Operation(
        "tanhshrink", dtypes: DType.realFloating,
        [
            Sample("F.tanhshrink(x)", [Input([3, 4], -4, 4)]) { $0[0].tanhshrink() }
        ])
}
