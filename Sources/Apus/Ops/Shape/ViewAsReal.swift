struct ViewAsReal: SingleResult {
    let name = "viewAsReal"
    var isView: Bool { true }

    func value(of inputs: [Tensor]) -> Tensor {
        let (x, layout) = (inputs[0], inputs[0].layout)
        let parts = Layout(
            shape: layout.shape + [2], strides: layout.strides.map { $0 * 2 } + [1],
            offset: layout.offset * 2)
        return Tensor(storage: x.storage, layout: parts, dtype: x.dtype.realType, node: nil)
    }

    func gradients(_ backward: Backward) -> [Tensor?] { [backward.gradient.viewAsComplex()] }

    func reach(inputs: [Shape], result: Shape) -> Reach {
        .axes(inputs[0].indices.map { ($0, .identity) } + [(nil, .identity)])
    }
}

extension Tensor {
    /// A complex tensor as a real one with a last axis of 2, the real and the imaginary part: a view.
    public func viewAsReal(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        if !dtype.isComplex {
            fail(
                "viewAsReal", "a \(dtype) tensor has no parts; convert it with .to(.complex64)",
                at: CallSite(file: file, line: line))
        }
        (shape + [2]).checkRank("viewAsReal", CallSite(file: file, line: line))
        return Tensor.apply(ViewAsReal(), to: [self], at: nil)
    }
}

extension Operation {
    static let viewAsReal = Operation(
        "viewAsReal", dtypes: [.complex64, .complex128],
        [
            Sample("torch.view_as_real(x)", [Input([3, 4])]) { $0[0].viewAsReal() }
        ])
}
