import ApusKernels

extension Tensor {
    /// log Σ exp(x) over `axes`, computed with the maximum subtracted, that of the real parts where elements are complex;
    /// integers give float32.
    ///
    /// Where elements are +∞, they share the gradient.
    public func logSumExp(
        axes: [Int], keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let x = floatingPoint
        let result =
            x.dtype.isComplex
            ? x.detach().complexLogSumExp(axes, keepDims, site) : x.logSumExpValues(axes, keepDims, site)
        return record("logSumExp", result, [x], savesOutput: true, elementwise: true) { [shape] backward in
            let y = backward.output.restoringAxes(axes, of: shape, keepDims)
            let gradient = backward.gradient.restoringAxes(axes, of: shape, keepDims)
            if y.dtype.isComplex { return [gradient * (x - y).exp().conjugate()] }
            let limits = y.detach().isInf()
            if !limits.any().item(as: Bool.self) { return [gradient * (x - y).exp()] }
            // exp(∞ - ∞): the infinite ones have equal shares, and of -∞ alone none has any.
            let tops = (x.detach() .== Double.infinity).to(x.dtype)
            let count = tops.sum(axes: rank == 0 ? [] : axes, keepDims: true)
            let shares = (x - y.maskedFill(limits, 0)).maskedFill(limits, 0).exp().maskedFill(limits, 0)
            return [gradient * (shares + (tops / count).maskedFill(count .== 0, 0))]
        }
    }

    public func logSumExp(
        axis: Int, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        logSumExp(axes: [axis], keepDims: keepDims, file: file, line: line)
    }

    /// log Σ exp(x) of all elements, a scalar.
    public func logSumExp() -> Tensor { logSumExp(axes: allAxes) }

    /// Without history.
    private func complexLogSumExp(_ axes: [Int], _ keepDims: Bool, _ site: CallSite?) -> Tensor {
        if foldCount(axes, "logSumExp", site) == 0 {
            return (reduced(Kernels.sum, axes, keepDims, site) * 0).log()
        }
        let top = real.reduced(Kernels.max, axes, true, site)
        let shift = top.maskedFill(top.isFinite().logicalNot(), 0)
        let sum = (self - shift).exp().reduced(Kernels.sum, axes, true, site)
        let result = sum.log() + shift
        return keepDims ? result : result.squeeze(axes: axes)
    }

    private func logSumExpValues(_ axes: [Int], _ keepDims: Bool, _ site: CallSite?) -> Tensor {
        let isOne = axes.count == 1 && rank > 0
        let x = isOne ? self : detach().merging(axes, "logSumExp", site)
        let axis = isOne ? rowAxis(axes[0], "logSumExp", site) : x.rank - 1
        var target = x.shape
        target.remove(at: axis)
        let rows = x.rowMajor()
        let tops = Tensor(uninitialized: target, rows.dtype)
        let sums = Tensor(uninitialized: target, rows.dtype)
        if x.shape[axis] == 0 {
            return Tensor.full(target, -Double.infinity, dtype: dtype).restoringAxes(
                axes, of: shape, !keepDims)
        }
        Kernels.logSumExp(rows.start, rows.dtype, x.split(axis), tops: tops.base, logSums: sums.base)
        return (tops + sums).to(dtype).restoringAxes(axes, of: shape, !keepDims)
    }
}

extension Operation {
    static let logSumExp = Operation(
        "logSumExp",
        [
            Sample("torch.logsumexp(x, (0, 1))", [Input([3, 4])]) { $0[0].logSumExp() },
            Sample("torch.logsumexp(x, 1)", [Input([3, 70], -30, 30)]) { $0[0].logSumExp(axis: 1) },
            Sample("torch.logsumexp(x, (0, 2), keepdim=True)", [Input([2, 3, 4])]) {
                $0[0].logSumExp(axes: [0, 2], keepDims: true)
            },
        ])
}
