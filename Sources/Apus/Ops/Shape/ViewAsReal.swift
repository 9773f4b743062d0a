import ApusKernels

extension Tensor {
    /// A complex tensor as a real one with a last axis of 2, the real and the imaginary part: a view.
    public func viewAsReal(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        if !dtype.isComplex {
            fail(
                "viewAsReal", "a \(dtype) tensor has no parts; convert it with .to(.complex64)",
                at: CallSite(file: file, line: line))
        }
        (shape + [2]).checkRank("viewAsReal", CallSite(file: file, line: line))
        let parts = Layout(
            shape: shape + [2], strides: layout.strides.map { $0 * 2 } + [1], offset: layout.offset * 2)
        let result = Tensor(storage: storage, layout: parts, dtype: dtype.realType, node: nil)
        let recorded = record("viewAsReal", result, [self]) { [$0.gradient.viewAsComplex()] }
        recorded.node?.reach = { [rank] in .axes((0..<rank).map { ($0, .identity) } + [(nil, .identity)]) }
        return recorded
    }
}

extension Operation {
    static let viewAsReal = Operation(
        "viewAsReal", dtypes: [.complex64, .complex128],
        [
            Sample("torch.view_as_real(x)", [Input([3, 4])]) { $0[0].viewAsReal() }
        ])
}
