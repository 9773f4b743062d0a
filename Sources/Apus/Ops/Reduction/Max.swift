import ApusKernelCalls

struct Max: ExtremePrimitive {
    static let kernel = Kernels.max
    let axes: [Int]
    let keepDims: Bool
}

extension Tensor {
    /// The largest element over `axes`; NaN wins.
    ///
    /// The gradient is shared equally among all elements that have the value, or are NaN where that is.
    public func max(axes: [Int], keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        extreme(Max(axes: axes, keepDims: keepDims), CallSite(file: file, line: line))
    }

    /// The largest element along an axis, and where it is: the first of equal ones; NaN wins.
    ///
    /// The gradient goes to that element alone.
    public func max(axis: Int, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line)
        -> (values: Tensor, indices: Tensor)
    {
        extremeWithIndex("max", axis, largest: true, keepDims, CallSite(file: file, line: line))
    }

    /// The largest of all elements, a scalar; NaN wins.
    public func max(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        max(axes: allAxes, file: file, line: line)
    }
}

extension Operation {
    static let max = Operation(
        "max", dtypes: DType.real,
        [
            Sample("torch.amax(x, (0, 1))", [Input([3, 4])]) { $0[0].max() },
            Sample("torch.amax(x, (0, 2), keepdim=True)", [Input([2, 3, 4])]) {
                $0[0].max(axes: [0, 2], keepDims: true)
            },
            Sample("torch.max(x.double(), 1).values.to(x.dtype)", [Input([2, 40, 3])]) {
                $0[0].max(axis: 1).values
            },
        ])
}
