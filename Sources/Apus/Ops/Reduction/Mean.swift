import ApusKernelCalls

struct Mean: SingleResult {
    let axes: [Int]
    let keepDims: Bool
    var name: String { "mean" }
    var types: TypeRule { .statistic }

    func value(of inputs: [Tensor]) -> Tensor {
        let x = inputs[0]
        let n = x.foldCount(axes, name, nil)
        let plain = x.reduced(Kernels.sum, axes, keepDims, nil, divisor: n)
        return plain.isAllFinite ? plain : ofLarge(x, plain, n)
    }

    /// The mean of numbers whose sum may overflow.
    ///
    /// - Parameter plain: the mean by plain sums, which is kept where it is finite.
    private func ofLarge(_ x: Tensor, _ plain: Tensor, _ n: Int) -> Tensor {
        if x.dtype.realType != .float64 {
            let wide = x.converted(to: x.dtype.isComplex ? .complex128 : .float64)
            return wide.reduced(Kernels.sum, axes, keepDims, nil, divisor: n).converted(to: x.dtype)
        }
        let small = (x * 0x1p-64).reduced(Kernels.sum, axes, keepDims, nil, divisor: n) * 0x1p64
        return Tensor.where(plain.isFinite(), plain, small)
    }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let (gradient, shape) = (backward.gradient, backward.shape(0))
        // An empty result has an empty gradient: its count must not divide.
        let share = gradient * (1 / Double(shape.elementCount / Swift.max(gradient.count, 1)))
        return [share.restoringAxes(axes, of: shape, keepDims).broadcast(to: shape)]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .reduction(axes: axes, keepDims: keepDims) }
}

extension Tensor {
    /// The mean over `axes`, Σx / n; integers and booleans give float32.
    ///
    /// The order of additions is fixed, so the result does not depend on the number of threads.
    public func mean(axes: [Int], keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        let site = CallSite(file: file, line: line)
        let x = promoted(by: .statistic)
        _ = axisMask(axes, "mean", site)
        return Tensor.apply(Mean(axes: axes, keepDims: keepDims), to: [x], at: site)
    }

    /// The mean over one axis, counted from the end if negative; integers and booleans give float32.
    public func mean(axis: Int, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        mean(axes: [axis], keepDims: keepDims, file: file, line: line)
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
