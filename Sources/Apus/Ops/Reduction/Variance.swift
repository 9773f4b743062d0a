struct Variance: SingleResult {
    let axes: [Int]
    let correction: Double
    let keepDims: Bool
    var name: String { "variance" }
    var types: TypeRule { .statistic }

    func value(of inputs: [Tensor]) -> Tensor {
        inputs[0].varianceValues(axes, correction, keepDims, root: false)
    }

    func saved(for needs: [Bool]) -> Saved { .input(0) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let x = backward.input(0)
        let gradient = backward.gradient.restoringAxes(axes, of: x.shape, keepDims)
        let axes = x.rank == 0 ? [] : axes
        let n = x.foldCount(axes, name, nil)
        let centered = x - x.mean(axes: axes, keepDims: true)
        return [centered * (gradient * (2 / Swift.max(0, Double(n) - correction)))]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .reduction(axes: axes, keepDims: keepDims) }
}

extension Tensor {
    /// The variance over `axes`, Σ|x - mean|² / (n - correction); integers give float32, complex numbers
    /// a real variance.
    ///
    /// - Parameter correction: 1 for a sample of a population (Bessel's correction), 0 for a whole one; any
    ///   number, such as 1.5 for a nearly unbiased deviation.
    public func variance(
        axes: [Int], correction: Double = 1, keepDims: Bool = false, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if dtype.isComplex {
            return real.variance(axes: axes, correction: correction, keepDims: keepDims)
                + imaginary.variance(axes: axes, correction: correction, keepDims: keepDims)
        }
        let x = realFloating("variance", site)
        _ = axisMask(axes, "variance", site)
        return Tensor.apply(
            Variance(axes: axes, correction: correction, keepDims: keepDims), to: [x], at: site)
    }

    /// The variance over one axis; see `variance(axes:correction:keepDims:)`.
    public func variance(
        axis: Int, correction: Double = 1, keepDims: Bool = false, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        variance(axes: [axis], correction: correction, keepDims: keepDims, file: file, line: line)
    }

    /// The variance of all elements, a scalar.
    public func variance(correction: Double = 1) -> Tensor { variance(axes: allAxes, correction: correction) }

    /// Without history.
    ///
    /// - Parameter root: whether the result is the square root of the variance.
    func varianceValues(_ axes: [Int], _ correction: Double, _ keepDims: Bool, root: Bool) -> Tensor {
        let rows = merging(axes, "variance", nil).rowMajor()
        let length = rows.shape[rows.rank - 1]
        let result = Tensor(uninitialized: Array(rows.shape.dropLast()), rows.dtype)
        let divisor = Swift.max(0, Double(length) - correction)
        if length == 0 {
            return Tensor.full(result.shape, Double.nan, dtype: dtype)
                .restoringAxes(axes, of: shape, !keepDims)
        }
        kernels.variance(
            rows.start, rows.dtype, rows: result.count, length: length, divisor: divisor, root: root,
            into: result.base)
        return result.converted(to: dtype).restoringAxes(axes, of: shape, !keepDims)
    }
}

extension Operation {
    static let variance = Operation(
        "variance",
        [
            Sample("x.var()", [Input([3, 4])]) { $0[0].variance() },
            Sample("x.var(1, keepdim=True)", [Input([3, 4])]) { $0[0].variance(axis: 1, keepDims: true) },
            Sample("x.var(1, correction=1.3)", [Input([3, 4])]) {
                $0[0].variance(axis: 1, correction: 1.3)
            },
            Sample("x.var((0, 2), correction=0)", [Input([2, 3, 4])]) {
                $0[0].variance(axes: [0, 2], correction: 0)
            },
        ])
}
