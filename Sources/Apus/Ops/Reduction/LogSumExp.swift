import ApusKernelCalls

struct LogSumExp: SingleResult {
    let axes: [Int]
    let keepDims: Bool
    var name: String { "logSumExp" }
    var types: TypeRule { .statistic }

    func value(of inputs: [Tensor]) -> Tensor {
        inputs[0].dtype.isComplex ? ofComplex(inputs[0]) : ofReal(inputs[0])
    }

    private func ofComplex(_ x: Tensor) -> Tensor {
        if x.foldCount(axes, name, nil) == 0 {
            return (x.reduced(Kernels.sum, axes, keepDims, nil) * 0).log()
        }
        let top = x.real.reduced(Kernels.max, axes, true, nil)
        let shift = top.maskedFill(top.isFinite().logicalNot(), 0)
        let sum = (x - shift).exp().reduced(Kernels.sum, axes, true, nil)
        let result = sum.log() + shift
        return keepDims ? result : result.squeeze(axes: axes)
    }

    private func ofReal(_ input: Tensor) -> Tensor {
        let isOne = axes.count == 1 && input.rank > 0
        let x = isOne ? input : input.merging(axes, name, nil)
        let axis = isOne ? input.rowAxis(axes[0], name, nil) : x.rank - 1
        var target = x.shape
        target.remove(at: axis)
        let rows = x.rowMajor()
        let tops = Tensor(uninitialized: target, rows.dtype)
        let sums = Tensor(uninitialized: target, rows.dtype)
        if x.shape[axis] == 0 {
            return Tensor.full(target, -Double.infinity, dtype: x.dtype).restoringAxes(
                axes, of: input.shape, !keepDims)
        }
        kernels.logSumExp(rows.start, rows.dtype, x.split(axis), tops: tops.base, logSums: sums.base)
        return (tops + sums).converted(to: x.dtype).restoringAxes(axes, of: input.shape, !keepDims)
    }

    func saved(for needs: [Bool]) -> Saved { [.input(0), .output] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let x = backward.input(0)
        let y = backward.output.restoringAxes(axes, of: x.shape, keepDims)
        let gradient = backward.gradient.restoringAxes(axes, of: x.shape, keepDims)
        if y.dtype.isComplex { return [gradient * (x - y).exp().conjugate()] }
        return [gradient * Tensor.apply(LogSumExpShares(axes: axes), to: [x, y], at: nil)]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .reduction(axes: axes, keepDims: keepDims) }
}

/// Which part of the gradient of a logSumExp y each element x has: exp(x - y).
private struct LogSumExpShares: SingleResult {
    let axes: [Int]
    var name: String { "logSumExpShares" }

    func value(of inputs: [Tensor]) -> Tensor {
        let (x, y) = (inputs[0], inputs[1])
        let limits = y.isInf()
        if !limits.any().item(as: Bool.self) { return (x - y).exp() }
        // exp(∞ - ∞) is NaN: instead, elements of +∞ have equal shares, and where all are -∞ none has any.
        let tops = (x .== Double.infinity).to(x.dtype)
        let count = tops.sum(axes: x.rank == 0 ? [] : axes, keepDims: true)
        let shares = (x - y.maskedFill(limits, 0)).maskedFill(limits, 0).exp().maskedFill(limits, 0)
        return shares + (tops / count).maskedFill(count .== 0, 0)
    }

    func saved(for needs: [Bool]) -> Saved { [.input(1), .output] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        // Equal shares are constant.
        let shares = backward.output.maskedFill(backward.input(1).detach().isInf(), 0)
        let gradient = backward.gradient * shares
        return [gradient, backward.needs[1] ? -gradient.summed(to: backward.shape(1)) : nil]
    }
}

extension Tensor {
    /// log Σ exp(x) over `axes`, computed with the maximum subtracted, that of the real parts where elements are complex;
    /// integers give float32.
    ///
    /// Where elements are +∞, they share the gradient.
    public func logSumExp(
        axes: [Int], keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let x = promoted(by: .statistic)
        _ = axisMask(axes, "logSumExp", site)
        return Tensor.apply(LogSumExp(axes: axes, keepDims: keepDims), to: [x], at: site)
    }

    /// log Σ exp(x) over one axis, counted from the end if negative; see `logSumExp(axes:keepDims:)`.
    public func logSumExp(
        axis: Int, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        logSumExp(axes: [axis], keepDims: keepDims, file: file, line: line)
    }

    /// log Σ exp(x) of all elements, a scalar.
    public func logSumExp() -> Tensor { logSumExp(axes: allAxes) }
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
