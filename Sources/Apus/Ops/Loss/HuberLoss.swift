import ApusKernelCalls

private struct Huber: DistanceLoss {
    static let kernel = Kernels.huber
    let delta: Double
    var parameter: Double { delta }

    func slope(_ x: Tensor, _ y: Tensor) -> Tensor { (x - y).clamp(min: -delta, max: delta) }
    func curvature(_ x: Tensor, _ y: Tensor) -> Tensor { ((x - y).abs() .<= delta).to(x.dtype) }
}

extension Tensor {
    /// Huber's loss (1964): (x - y)² / 2 up to a distance of δ, δ (|x - y| - δ/2) beyond.
    ///
    /// - Parameters:
    ///   - target: real numbers in the predictions' shape.
    ///   - delta: δ, above 0.
    ///   - reduction: over all elements.
    public func huberLoss(
        _ target: Tensor, delta: Double = 1, reduction: LossReduction = .mean,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if !(delta > 0) { fail("huberLoss", "a delta of \(delta): it is above 0", at: site) }
        return loss(Huber(delta: delta), target, reduction, site)
    }
}

extension Operation {
    static let huberLoss = Operation(
        "huberLoss", dtypes: DType.realFloating,
        [
            Sample("F.huber_loss(x, y)", [Input([3, 4]), Input([3, 4])]) { $0[0].huberLoss($0[1]) },
            Sample("F.huber_loss(x, y, reduction='none', delta=0.4)", [Input([3, 4]), Input([3, 4])]) {
                $0[0].huberLoss($0[1], delta: 0.4, reduction: .none)
            },
            Sample("F.huber_loss(x, y, reduction='sum', delta=2.5)", [Input([3, 4]), Input([3, 4])]) {
                $0[0].huberLoss($0[1], delta: 2.5, reduction: .sum)
            },
        ])
}
