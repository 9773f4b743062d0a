import ApusKernelCalls

struct Sum: ReductionPrimitive {
    static let kernel = Kernels.sum
    let axes: [Int]
    let keepDims: Bool
    var types: TypeRule { .sum }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let shape = backward.shape(0)
        return [backward.gradient.restoringAxes(axes, of: shape, keepDims).broadcast(to: shape)]
    }
}

extension Tensor {
    /// The sum over `axes`; integers and booleans give int64.
    ///
    /// The order of additions is fixed, so the result does not depend on the number of threads.
    public func sum(axes: [Int], keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        let x = promoted(by: .sum)
        return x.folded(Sum(axes: axes, keepDims: keepDims), at: CallSite(file: file, line: line))
    }

    /// The sum over one axis, counted from the end if negative; integers and booleans give int64.
    public func sum(axis: Int, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        sum(axes: [axis], keepDims: keepDims, file: file, line: line)
    }

    /// The sum of all elements, a scalar.
    public func sum() -> Tensor { sum(axes: Array(0..<rank)) }
}

extension Operation {
    static let sum = Operation(
        "sum", dtypes: DType.everything,
        [
            Sample("x.sum()", [Input([3, 4])]) { $0[0].sum() },
            Sample("x.sum(0)", [Input([3, 4])]) { $0[0].sum(axis: 0) },
            Sample("x.sum((0, 2), keepdim=True)", [Input([2, 3, 4])]) {
                $0[0].sum(axes: [0, -1], keepDims: true)
            },
        ])
}
