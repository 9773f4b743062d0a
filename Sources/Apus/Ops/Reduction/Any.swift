import ApusKernelCalls

struct AnyTrue: ReductionTest {
    static let kernel = Kernels.any
    let axes: [Int]
    let keepDims: Bool
}

extension Tensor {
    /// Whether any element over `axes` is non-zero.
    public func any(axes: [Int], keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        to(.bool).folded(AnyTrue(axes: axes, keepDims: keepDims), at: CallSite(file: file, line: line))
    }

    /// Whether any element along one axis is non-zero; false where there is none.
    public func any(axis: Int, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        any(axes: [axis], keepDims: keepDims, file: file, line: line)
    }

    /// Whether any element is non-zero.
    public func any() -> Tensor { any(axes: Array(0..<rank)) }
}

extension Operation {
    static let any = Operation(
        "any", dtypes: DType.everything, isDifferentiable: false,
        [
            Sample("torch.any(x != 0, 1)", [Input([3, 4])]) { $0[0].any(axis: 1) }
        ])
}
