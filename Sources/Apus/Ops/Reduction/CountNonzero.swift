import ApusKernelCalls

struct CountNonzero: ReductionTest {
    static let kernel = Kernels.countNonzero
    let axes: [Int]
    let keepDims: Bool
}

extension Tensor {
    /// How many elements over `axes` are not zero, as int64.
    public func countNonzero(
        axes: [Int], keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        folded(CountNonzero(axes: axes, keepDims: keepDims), at: CallSite(file: file, line: line))
    }

    /// How many elements along one axis are not zero, as int64.
    public func countNonzero(
        axis: Int, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        countNonzero(axes: [axis], keepDims: keepDims, file: file, line: line)
    }

    /// How many elements are not zero, as an int64 scalar.
    public func countNonzero() -> Tensor { countNonzero(axes: allAxes) }
}

extension Operation {
    static let countNonzero = Operation(
        "countNonzero", dtypes: DType.everything, isDifferentiable: false,
        [
            Sample("torch.count_nonzero(x)", [Input([3, 4])]) { $0[0].countNonzero() },
            Sample("torch.count_nonzero(x, 1)", [Input([3, 4])]) { $0[0].countNonzero(axis: 1) },
        ])
}
