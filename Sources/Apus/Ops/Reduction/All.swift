import ApusKernelCalls

struct AllTrue: ReductionTest {
    static let kernel = Kernels.all
    let axes: [Int]
    let keepDims: Bool
}

extension Tensor {
    /// Whether every element over `axes` is non-zero; true where there is none.
    public func all(axes: [Int], keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        to(.bool).folded(AllTrue(axes: axes, keepDims: keepDims), at: CallSite(file: file, line: line))
    }

    /// Whether every element along one axis is non-zero; true where there is none.
    public func all(axis: Int, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        all(axes: [axis], keepDims: keepDims, file: file, line: line)
    }

    /// Whether every element is non-zero.
    public func all() -> Tensor { all(axes: allAxes) }
}

extension Operation {
    static let allTrue = Operation(
        "all", dtypes: DType.everything, isDifferentiable: false,
        [
            Sample("torch.all(x != 0)", [Input([3, 4])]) { $0[0].all() },
            Sample("torch.all(x != 0, 1)", [Input([3, 4])]) { $0[0].all(axis: 1) },
        ])
}
