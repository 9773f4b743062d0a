import ApusKernels

extension Tensor {
    /// log Σ exp(x) over `axes`, computed with the maximum subtracted; integers give float32.
    public func logSumExp(
        axes: [Int], keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let x = realFloating("logSumExp", site)
        let result = x.logSumExpValues(axes, keepDims, site)
        return record("logSumExp", result, [x], savesOutput: true, elementwise: true) { [shape] backward in
            let y = backward.output.restoringAxes(axes, of: shape, keepDims)
            // exp(-∞ - (-∞)): no element has a share.
            let shift = y.maskedFill(y.detach() .== -Double.infinity, 0)
            return [backward.gradient.restoringAxes(axes, of: shape, keepDims) * (x - shift).exp()]
        }
    }

    public func logSumExp(
        axis: Int, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        logSumExp(axes: [axis], keepDims: keepDims, file: file, line: line)
    }

    /// log Σ exp(x) of all elements, a scalar.
    public func logSumExp() -> Tensor { logSumExp(axes: allAxes) }

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
        "logSumExp", dtypes: DType.realFloating,
        [
            Sample("torch.logsumexp(x, (0, 1))", [Input([3, 4])]) { $0[0].logSumExp() },
            Sample("torch.logsumexp(x, 1)", [Input([3, 70], -30, 30)]) { $0[0].logSumExp(axis: 1) },
            Sample("torch.logsumexp(x, (0, 2), keepdim=True)", [Input([2, 3, 4])]) {
                $0[0].logSumExp(axes: [0, 2], keepDims: true)
            },
        ])
}
