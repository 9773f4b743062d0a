import ApusKernels

extension Tensor {
    /// The mean over `axes`, Σx / n; integers and booleans give float32.
    ///
    /// The order of additions is fixed, so the result does not depend on the number of threads.
    public func mean(axes: [Int], keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        let site = CallSite(file: file, line: line)
        let x = dtype.isDifferentiable ? self : to(.float32)
        let n = x.foldCount(axes, "mean", site)
        let plain = x.reduced(Kernels.sum, axes, keepDims, site, divisor: n)
        let result = plain.isAllFinite ? plain : x.meanOfLarge(plain, axes, keepDims, site, n)
        return record("mean", result, [x], elementwise: true) { [shape] in
            let share = $0.gradient * (1 / Double(n))
            return [share.restoringAxes(axes, of: shape, keepDims).broadcast(to: shape)]
        }
    }

    public func mean(axis: Int, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        mean(axes: [axis], keepDims: keepDims, file: file, line: line)
    }

    /// Without history: the mean of numbers whose sum may overflow.
    ///
    /// - Parameter plain: what sums give, kept where it is finite.
    private func meanOfLarge(
        _ plain: Tensor, _ axes: [Int], _ keepDims: Bool, _ site: CallSite, _ n: Int
    ) -> Tensor {
        if dtype.realType != .float64 {
            let wide = detach().to(dtype.isComplex ? .complex128 : .float64)
            return wide.reduced(Kernels.sum, axes, keepDims, site, divisor: n).to(dtype)
        }
        let small = (detach() * 0x1p-64).reduced(Kernels.sum, axes, keepDims, site, divisor: n) * 0x1p64
        return Tensor.where(plain.isFinite(), plain, small)
    }

    /// The mean of all elements, a scalar.
    public func mean() -> Tensor { mean(axes: Array(0..<rank)) }
}

extension Operation {
    static let mean = Operation(
        "mean",
        [
            Sample("x.mean()", [Input([3, 4])]) { $0[0].mean() },
            Sample("x.mean(0)", [Input([3, 4])]) { $0[0].mean(axis: 0) },
            Sample("x.mean((0, 2), keepdim=True)", [Input([2, 3, 4])]) {
                $0[0].mean(axes: [0, -1], keepDims: true)
            },
        ])
}
