import ApusKernels

extension Tensor {
    /// The standard deviation over `axes`, √(Σ|x - mean|² / (n - correction)); integers give float32.
    ///
    /// Where it is 0, the gradient is 0.
    ///
    /// - Parameter correction: 1 for a sample of a population (Bessel's correction), 0 for a whole one; any
    ///   number, such as 1.5 for a nearly unbiased deviation.
    public func standardDeviation(
        axes: [Int], correction: Double = 1, keepDims: Bool = false, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if dtype.isComplex {
            func ofPart(_ part: Tensor) -> Tensor {
                part.standardDeviation(
                    axes: axes, correction: correction, keepDims: keepDims, file: file, line: line)
            }
            return ofPart(real).hypot(ofPart(imaginary))
        }
        let x = realFloating("standardDeviation", site)
        let result = x.varianceValues("standardDeviation", axes, correction, keepDims, root: true, site)
        return record("standardDeviation", result, [x], savesOutput: true, elementwise: true) {
            [shape] backward in
            let y = backward.output.restoringAxes(axes, of: shape, keepDims)
            let gradient = backward.gradient.restoringAxes(axes, of: shape, keepDims)
            return [x.deviationGradient(gradient, y, axes, correction)]
        }
    }

    public func standardDeviation(
        axis: Int, correction: Double = 1, keepDims: Bool = false, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        standardDeviation(axes: [axis], correction: correction, keepDims: keepDims, file: file, line: line)
    }

    /// The gradient of the input, (x - mean) / (n - correction) / deviation, from that of the deviation.
    private func deviationGradient(_ gradient: Tensor, _ y: Tensor, _ axes: [Int], _ correction: Double)
        -> Tensor
    {
        let axes = rank == 0 ? [] : axes
        let n = foldCount(axes, "standardDeviation", nil)
        let centred = self - mean(axes: axes, keepDims: true)
        return centred.scaled(by: gradient * (1 / Swift.max(0, Double(n) - correction)), over: y)
    }

    /// The standard deviation of all elements, a scalar.
    public func standardDeviation(correction: Double = 1) -> Tensor {
        standardDeviation(axes: allAxes, correction: correction)
    }
}

extension Operation {
    static let standardDeviation = Operation(
        "standardDeviation",
        [
            Sample("x.std()", [Input([3, 4])]) { $0[0].standardDeviation() },
            Sample("x.std((0, 1), correction=-0.5)", [Input([3, 4])]) {
                $0[0].standardDeviation(correction: -0.5)
            },
            Sample("x.std((0, 2), correction=0, keepdim=True)", [Input([2, 3, 4])]) {
                $0[0].standardDeviation(axes: [0, 2], correction: 0, keepDims: true)
            },
        ])
}
