import ApusKernels

extension Tensor {
    /// The p-norm over `axes`, (Σ|x|ᵖ)^(1/p), a real number; integers give float32.
    ///
    /// The gradient is 0 where the norm is.
    ///
    /// - Parameter p: 2 by default; `.infinity` gives the largest magnitude, `-.infinity` the smallest, 0
    ///   the number of elements that are not 0.
    public func norm(
        _ p: Double = 2, axes: [Int], keepDims: Bool = false, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        _ = axisMask(axes, "norm", site)
        let x = dtype.isDifferentiable ? self : to(.float32)
        if p == 0 { return x.countNonzero(axes: axes, keepDims: keepDims).to(x.dtype.realType) }
        if p == 1 { return x.abs().sum(axes: axes, keepDims: keepDims, file: file, line: line) }
        if p == .infinity { return x.abs().extreme(Kernels.max, axes, keepDims, site) }
        if p == -.infinity { return x.abs().extreme(Kernels.min, axes, keepDims, site) }
        // Powers of 16-bit numbers overflow where their norm does not.
        let exact = x.dtype.isHalf ? x.detach().to(.float32) : x.detach()
        let values =
            p == 2
            ? exact.reduced(Kernels.squares, axes, keepDims, site).sqrt()
            : (exact.abs() ** p).sum(axes: axes, keepDims: keepDims, file: file, line: line) ** (1 / p)
        return record("norm", values.to(x.dtype.realType), [x], savesOutput: true, elementwise: true) {
            [shape] backward in
            let y = backward.output.restoringAxes(axes, of: shape, keepDims)
            let gradient = backward.gradient.restoringAxes(axes, of: shape, keepDims)
            if p == 2 { return [x * (gradient / y).maskedFill(y.detach() .== 0, 0)] }
            let scale = (gradient / y ** (p - 1)).maskedFill(y.detach() .== 0, 0)
            let isZero = x.detach() .== 0
            // A zero to a negative power is infinite; its gradient is taken to be 0.
            let power = x.abs().maskedFill(isZero, 1) ** (p - 2)
            return [x * power * scale]
        }
    }

    public func norm(
        _ p: Double = 2, axis: Int, keepDims: Bool = false, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        norm(p, axes: [axis], keepDims: keepDims, file: file, line: line)
    }

    /// The p-norm of all elements, a scalar.
    public func norm(_ p: Double = 2) -> Tensor { norm(p, axes: allAxes) }
}

extension Operation {
    static let norm = Operation(
        "norm",
        [
            Sample("torch.linalg.vector_norm(x)", [Input([3, 4])]) { $0[0].norm() },
            Sample("torch.linalg.vector_norm(x, 1, (0, 2))", [Input([2, 3, 4])]) {
                $0[0].norm(1, axes: [0, 2])
            },
            Sample("torch.linalg.vector_norm(x, math.inf, 1)", [Input([3, 4])]) {
                $0[0].norm(.infinity, axis: 1)
            },
            Sample("torch.linalg.vector_norm(x, 2.5, 1, keepdim=True)", [Input([3, 4])]) {
                $0[0].norm(2.5, axis: 1, keepDims: true)
            },
        ])
}
