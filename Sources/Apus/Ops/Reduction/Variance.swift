import ApusKernels

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
        let result = x.varianceValues("variance", axes, correction, keepDims, root: false, site)
        return record("variance", result, [x], elementwise: true) { [shape] in
            [x.varianceGradient($0.gradient.restoringAxes(axes, of: shape, keepDims), axes, correction)]
        }
    }

    public func variance(
        axis: Int, correction: Double = 1, keepDims: Bool = false, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        variance(axes: [axis], correction: correction, keepDims: keepDims, file: file, line: line)
    }

    /// The variance of all elements, a scalar.
    public func variance(correction: Double = 1) -> Tensor { variance(axes: allAxes, correction: correction) }

    /// - Parameter root: whether the result is the square root of the variance.
    func varianceValues(
        _ name: String, _ axes: [Int], _ correction: Double, _ keepDims: Bool, root: Bool, _ site: CallSite?
    ) -> Tensor {
        let rows = detach().merging(axes, name, site).rowMajor()
        let length = rows.shape[rows.rank - 1]
        let result = Tensor(uninitialized: Array(rows.shape.dropLast()), rows.dtype)
        let divisor = Swift.max(0, Double(length) - correction)
        if length == 0 {
            return Tensor.full(result.shape, Double.nan, dtype: dtype)
                .restoringAxes(axes, of: shape, !keepDims)
        }
        Kernels.variance(
            rows.start, rows.dtype, rows: result.count, length: length, divisor: divisor, root: root,
            into: result.base)
        return result.converted(to: dtype).restoringAxes(axes, of: shape, !keepDims)
    }

    /// The gradient of the input of a variance, from that of the variance.
    func varianceGradient(_ gradient: Tensor, _ axes: [Int], _ correction: Double) -> Tensor {
        let axes = rank == 0 ? [] : axes
        let n = foldCount(axes, "variance", nil)
        let centred = self - mean(axes: axes, keepDims: true)
        return centred * (gradient * (2 / Swift.max(0, Double(n) - correction)))
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
