import ApusKernels

extension Tensor {
    /// x min(max(x + 3, 0), 6) / 6 (Howard et al., 2019).
    public func hardswish() -> Tensor {
        elementwise(
            Kernels.hardswish, floating: true,
            .input { gradient, x in Tensor.elementwise(.hardswishGradient, gradient, x) })
    }
}

extension BinaryRule {
    fileprivate static let hardswishGradient: BinaryRule = .init(
        Kernels.hardswishGradient,
        a: Partial(.b) { gradient, saved in Tensor.elementwise(.hardswishGradient, gradient, saved.b) },
        b: Partial([.a, .b]) { gradient, saved in
            let curved = (saved.b .> -3) .& (saved.b .< 3)
            return (gradient * saved.a / 3).maskedFill(.!curved, 0)
        })
}

extension Operation {
    static let hardswish = Operation(
        "hardswish", dtypes: DType.realFloating,
        [
            Sample("F.hardswish(x)", [Input([3, 4], -4, 4)]) { $0[0].hardswish() }
        ])
}
