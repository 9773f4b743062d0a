import ApusKernelCalls

struct Min: ExtremePrimitive {
    static let kernel = Kernels.min
    let axes: [Int]
    let keepDims: Bool
}

extension Tensor {
    /// The smallest element over `axes`; NaN wins.
    ///
    /// The gradient is shared equally among all elements that have the value, or are NaN where that is.
    public func min(axes: [Int], keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        extreme(Min(axes: axes, keepDims: keepDims), CallSite(file: file, line: line))
    }

    /// The smallest element along an axis, and where it is: the first of equal ones; NaN wins.
    ///
    /// The gradient goes to that element alone.
    public func min(axis: Int, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line)
        -> (values: Tensor, indices: Tensor)
    {
        extremeWithIndex("min", axis, largest: false, keepDims, CallSite(file: file, line: line))
    }

    /// The smallest of all elements, a scalar; NaN wins.
    public func min(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        min(axes: allAxes, file: file, line: line)
    }
}

extension Operation {
    static let min = Operation(
        "min", dtypes: DType.real,
        [
            Sample("torch.amin(x, (0, 1))", [Input([3, 4])]) { $0[0].min() },
            Sample("torch.amin(x, (0, 2), keepdim=True)", [Input([2, 3, 4])]) {
                $0[0].min(axes: [0, 2], keepDims: true)
            },
            Sample("torch.min(x.double(), 1).values.to(x.dtype)", [Input([2, 40, 3])]) {
                $0[0].min(axis: 1).values
            },
        ])
}
