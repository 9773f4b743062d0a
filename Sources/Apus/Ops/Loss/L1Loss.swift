import ApusKernelCalls

private struct AbsoluteError: DistanceLoss {
    static let kernel = Kernels.absoluteError
    func slope(_ x: Tensor, _ y: Tensor) -> Tensor { (x - y).sign() }
    func curvature(_ x: Tensor, _ y: Tensor) -> Tensor { .zeros([], dtype: x.dtype) }
}

extension Tensor {
    /// The absolute error |x - y| of these predictions; its gradient is 0 where both are equal.
    ///
    /// - Parameters:
    ///   - target: real numbers in the predictions' shape.
    ///   - reduction: over all elements.
    public func l1Loss(
        _ target: Tensor, reduction: LossReduction = .mean, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        loss(AbsoluteError(), target, reduction, CallSite(file: file, line: line))
    }
}

extension Operation {
    static let l1Loss = Operation(
        "l1Loss", dtypes: DType.realFloating,
        [
            Sample("F.l1_loss(x, y)", [Input([3, 4]), Input([3, 4])]) { $0[0].l1Loss($0[1]) },
            Sample("F.l1_loss(x, y, reduction='sum')", [Input([3, 4]), Input([3, 4])]) {
                $0[0].l1Loss($0[1], reduction: .sum)
            },
            Sample("F.l1_loss(x, y, reduction='none')", [Input([3, 4]), Input([3, 4])]) {
                $0[0].l1Loss($0[1], reduction: .none)
            },
        ])
}
