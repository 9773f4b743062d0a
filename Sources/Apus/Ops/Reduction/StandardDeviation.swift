struct StandardDeviation: SingleResult {
    let axes: [Int]
    let correction: Double
    let keepDims: Bool
    var name: String { "standardDeviation" }
    var types: TypeRule { .statistic }

    func value(of inputs: [Tensor]) -> Tensor {
        inputs[0].varianceValues(axes, correction, keepDims, root: true)
    }

    func saved(for needs: [Bool]) -> Saved { [.input(0), .output] }

    /// (x - mean) / (n - correction) / deviation, times the gradient of the deviation.
    func gradients(_ backward: Backward) -> [Tensor?] {
        let x = backward.input(0)
        let y = backward.output.restoringAxes(axes, of: x.shape, keepDims)
        let gradient = backward.gradient.restoringAxes(axes, of: x.shape, keepDims)
        let axes = x.rank == 0 ? [] : axes
        let n = x.foldCount(axes, name, nil)
        let centered = x - x.mean(axes: axes, keepDims: true)
        return [centered.scaled(by: gradient * (1 / Swift.max(0, Double(n) - correction)), over: y)]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .reduction(axes: axes, keepDims: keepDims) }
}

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
        _ = axisMask(axes, "standardDeviation", site)
        return Tensor.apply(
            StandardDeviation(axes: axes, correction: correction, keepDims: keepDims), to: [x], at: site)
    }

    /// The standard deviation over one axis; see `standardDeviation(axes:correction:keepDims:)`.
    public func standardDeviation(
        axis: Int, correction: Double = 1, keepDims: Bool = false, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        standardDeviation(axes: [axis], correction: correction, keepDims: keepDims, file: file, line: line)
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
