import ApusKernels

extension Tensor {
    /// The variance over `axes`, Σ|x - mean|² / (n - correction); integers give float32, complex numbers
    /// a real variance.
    ///
    /// - Parameter correction: 1 for a sample of a population (Bessel's correction), 0 for a whole one.
    public func variance(
        axes: [Int], correction: Int = 1, keepDims: Bool = false, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if dtype.isComplex {
            return real.variance(axes: axes, correction: correction, keepDims: keepDims)
                + imaginary.variance(axes: axes, correction: correction, keepDims: keepDims)
        }
        let x = realFloating("variance", site)
        let result = x.varianceValues("variance", axes, correction, keepDims, site)
        return record("variance", result, [x], elementwise: true) { [shape] in
            [x.varianceGradient($0.gradient.restoringAxes(axes, of: shape, keepDims), axes, correction)]
        }
    }

    public func variance(
        axis: Int, correction: Int = 1, keepDims: Bool = false, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        variance(axes: [axis], correction: correction, keepDims: keepDims, file: file, line: line)
    }

    /// The variance of all elements, a scalar.
    public func variance(correction: Int = 1) -> Tensor { variance(axes: allAxes, correction: correction) }

    func varianceValues(
        _ name: String, _ axes: [Int], _ correction: Int, _ keepDims: Bool, _ site: CallSite?
    ) -> Tensor {
        let rows = detach().merging(axes, name, site).rowMajor()
        let length = rows.shape[rows.rank - 1]
        let result = Tensor(uninitialized: Array(rows.shape.dropLast()), rows.dtype)
        let divisor = Double(Swift.max(0, length.subtractingClamped(correction)))
        if length == 0 {
            return Tensor.full(result.shape, Double.nan, dtype: dtype)
                .restoringAxes(axes, of: shape, !keepDims)
        }
        Kernels.variance(
            rows.start, rows.dtype, rows: result.count, length: length, divisor: divisor, into: result.base)
        return result.converted(to: dtype).restoringAxes(axes, of: shape, !keepDims)
    }

    /// The gradient of the input of a variance, from that of the variance.
    func varianceGradient(_ gradient: Tensor, _ axes: [Int], _ correction: Int) -> Tensor {
        let axes = rank == 0 ? [] : axes
        let n = foldCount(axes, "variance", nil)
        let centred = self - mean(axes: axes, keepDims: true)
        return centred * (gradient * (2 / Double(Swift.max(0, n.subtractingClamped(correction)))))
    }
}

extension Operation {
    static let variance = Operation(
        "variance",
        [
            Sample("x.var()", [Input([3, 4])]) { $0[0].variance() },
            Sample("x.var(1, keepdim=True)", [Input([3, 4])]) { $0[0].variance(axis: 1, keepDims: true) },
            Sample("x.var((0, 2), correction=0)", [Input([2, 3, 4])]) {
                $0[0].variance(axes: [0, 2], correction: 0)
            },
        ])
}
