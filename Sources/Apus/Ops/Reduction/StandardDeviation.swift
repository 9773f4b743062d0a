import ApusKernels

extension Tensor {
    /// The standard deviation over `axes`, √(Σ|x - mean|² / (n - correction)); integers give float32.
    ///
    /// Where it is 0, the gradient is 0.
    ///
    /// - Parameter correction: 1 for a sample of a population (Bessel's correction), 0 for a whole one.
    public func standardDeviation(
        axes: [Int], correction: Int = 1, keepDims: Bool = false, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if dtype.isComplex {
            return variance(axes: axes, correction: correction, keepDims: keepDims, file: file, line: line)
                .sqrt()
        }
        let x = realFloating("standardDeviation", site)
        let exact = x.dtype.isHalf ? x.detach().to(.float32) : x.detach()
        let result = exact.varianceValues("standardDeviation", axes, correction, keepDims, site).sqrt()
        return record("standardDeviation", result.to(x.dtype), [x], savesOutput: true, elementwise: true) {
            [shape] backward in
            let y = backward.output
            let ofVariance = (backward.gradient / (y * 2)).maskedFill(y.detach() .== 0, 0)
            return [x.varianceGradient(ofVariance.restoringAxes(axes, of: shape, keepDims), axes, correction)]
        }
    }

    public func standardDeviation(
        axis: Int, correction: Int = 1, keepDims: Bool = false, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        standardDeviation(axes: [axis], correction: correction, keepDims: keepDims, file: file, line: line)
    }

    /// The standard deviation of all elements, a scalar.
    public func standardDeviation(correction: Int = 1) -> Tensor {
        standardDeviation(axes: allAxes, correction: correction)
    }
}

extension Operation {
    static let standardDeviation = Operation(
        "standardDeviation",
        [
            Sample("x.std()", [Input([3, 4])]) { $0[0].standardDeviation() },
            Sample("x.std((0, 2), correction=0, keepdim=True)", [Input([2, 3, 4])]) {
                $0[0].standardDeviation(axes: [0, 2], correction: 0, keepDims: true)
            },
        ])
}
