import ApusKernels

extension Tensor {
    /// The product over `axes`; integers and booleans give int64.
    public func prod(axes: [Int], keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        let site = CallSite(file: file, line: line)
        let x = dtype.isDifferentiable || dtype == .int64 ? self : to(.int64)
        let result = x.reduced(Kernels.product, axes, keepDims, site)
        return record("prod", result, [x], savesOutput: true, elementwise: true) { [shape] backward in
            let y = backward.output.restoringAxes(axes, of: shape, keepDims)
            let others = x.productOfOthers(axes, y)
            return [backward.gradient.restoringAxes(axes, of: shape, keepDims) * others.conjugate()]
        }
    }

    public func prod(axis: Int, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        prod(axes: [axis], keepDims: keepDims, file: file, line: line)
    }

    /// The product of all elements, a scalar.
    public func prod() -> Tensor { prod(axes: allAxes) }

    /// For each element, the product `y` without it.
    private func productOfOthers(_ axes: [Int], _ y: Tensor) -> Tensor {
        let isZero = detach() .== 0
        if !isZero.any().item(as: Bool.self) { return y / self }
        let axes = rank == 0 ? [] : axes
        if GradientMode.current == .recording && node != nil {
            // To be differentiated again: a copy of the row for each element, with a 1 in its place.
            let merged = merging(axes, "prod", nil)
            let n = merged.shape[merged.rank - 1]
            let rows = merged.shape.dropLast().reduce(1, *)
            let copies = merged.reshape([rows, 1, n]).broadcast(to: [rows, n, n])
            let products = copies.maskedFill(Tensor.diagonalMask(n), 1).prod(axis: -1)
            return products.reshape(merged.shape).unmerging(axes, to: shape)
        }
        let safe = maskedFill(isZero, 1)
        let product = safe.prod(axes: axes, keepDims: true)
        let zeros = isZero.countNonzero(axes: axes, keepDims: true)
        return Tensor.where(
            isZero, product.maskedFill(zeros .!= 1, 0), (product / safe).maskedFill(zeros .!= 0, 0))
    }
}

extension Operation {
    static let prod = Operation(
        "prod", dtypes: DType.numeric,
        [
            Sample("x.prod()", [Input([3, 4])]) { $0[0].prod() },
            Sample("x.prod(1)", [Input([2, 3, 4])]) { $0[0].prod(axis: 1) },
            Sample("(x * y).prod(1)", [Input([3, 4]), Input([3, 4], 0, 2, dtype: .int64)]) {
                ($0[0] * $0[1]).prod(axis: 1)
            },
        ])
}
