import ApusKernelCalls

private struct SquaredError: DistanceLoss {
    static let kernel = Kernels.squaredError
    func slope(_ x: Tensor, _ y: Tensor) -> Tensor { 2 * (x - y) }
    func curvature(_ x: Tensor, _ y: Tensor) -> Tensor { .full([], 2, dtype: x.dtype) }
}

extension Tensor {
    /// The squared error (x - y)² of these predictions.
    ///
    /// - Parameters:
    ///   - target: real numbers in the predictions' shape.
    ///   - reduction: over all elements.
    public func mseLoss(
        _ target: Tensor, reduction: LossReduction = .mean, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        loss(SquaredError(), target, reduction, CallSite(file: file, line: line))
    }
}

extension Operation {
    static let mseLoss = Operation(
        "mseLoss", dtypes: DType.realFloating,
        [
            Sample("F.mse_loss(x, y)", [Input([3, 4]), Input([3, 4])]) { $0[0].mseLoss($0[1]) },
            Sample("F.mse_loss(x, y, reduction='sum')", [Input([5]), Input([5])]) {
                $0[0].mseLoss($0[1], reduction: .sum)
            },
            Sample("F.mse_loss(x, y, reduction='none')", [Input([3, 4]), Input([3, 4])]) {
                $0[0].mseLoss($0[1], reduction: .none)
            },
        ])
}
