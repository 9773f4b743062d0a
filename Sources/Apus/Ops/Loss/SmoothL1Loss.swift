import ApusKernelCalls

private struct SmoothL1: DistanceLoss {
    static let kernel = Kernels.smoothL1
    let beta: Double
    var parameter: Double { beta }

    func slope(_ x: Tensor, _ y: Tensor) -> Tensor { ((x - y) / beta).clamp(min: -1, max: 1) }
    func curvature(_ x: Tensor, _ y: Tensor) -> Tensor { ((x - y).abs() .<= beta).to(x.dtype) / beta }
}

extension Tensor {
    /// The smooth L1 loss (Girshick, "Fast R-CNN", 2015): (x - y)² / 2β up to a distance of β, |x - y| - β/2 beyond.
    ///
    /// - Parameters:
    ///   - target: real numbers in the predictions' shape.
    ///   - beta: β, at least 0; with 0 it is `l1Loss`.
    ///   - reduction: over all elements.
    public func smoothL1Loss(
        _ target: Tensor, beta: Double = 1, reduction: LossReduction = .mean,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if !(beta >= 0) { fail("smoothL1Loss", "a beta of \(beta): it is at least 0", at: site) }
        if beta == 0 { return l1Loss(target, reduction: reduction, file: file, line: line) }
        return loss(SmoothL1(beta: beta), target, reduction, site)
    }
}

extension Operation {
    static let smoothL1Loss = Operation(
        "smoothL1Loss", dtypes: DType.realFloating,
        [
            Sample("F.smooth_l1_loss(x, y)", [Input([3, 4]), Input([3, 4])]) { $0[0].smoothL1Loss($0[1]) },
            Sample("F.smooth_l1_loss(x, y, reduction='none', beta=0.4)", [Input([3, 4]), Input([3, 4])]) {
                $0[0].smoothL1Loss($0[1], beta: 0.4, reduction: .none)
            },
            Sample("F.smooth_l1_loss(x, y, reduction='sum', beta=0)", [Input([3, 4]), Input([3, 4])]) {
                $0[0].smoothL1Loss($0[1], beta: 0, reduction: .sum)
            },
        ])
}
