import ApusKernelCalls

struct Prod: ReductionPrimitive {
    static let kernel = Kernels.product
    let axes: [Int]
    let keepDims: Bool
    var types: TypeRule { .sum }

    func saved(for needs: [Bool]) -> Saved { [.input(0), .output] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let x = backward.input(0)
        let y = backward.output.restoringAxes(axes, of: x.shape, keepDims)
        let others = Tensor.apply(ProductOfOthers(axes: axes), to: [x, y], at: nil)
        return [backward.gradient.restoringAxes(axes, of: x.shape, keepDims) * others.conjugate()]
    }
}

/// For each element, the product without it, from the elements and the products.
private struct ProductOfOthers: SingleResult {
    let axes: [Int]
    var name: String { "productOfOthers" }

    func value(of inputs: [Tensor]) -> Tensor {
        let (x, y) = (inputs[0], inputs[1])
        let isZero = x .== 0
        if !isZero.any().item(as: Bool.self) { return y / x }
        let axes = x.rank == 0 ? [] : axes
        let safe = x.maskedFill(isZero, 1)
        let product = safe.prod(axes: axes, keepDims: true)
        let zeros = isZero.countNonzero(axes: axes, keepDims: true)
        return Tensor.where(
            isZero, product.maskedFill(zeros .!= 1, 0), (product / safe).maskedFill(zeros .!= 0, 0))
    }

    func saved(for needs: [Bool]) -> Saved { .inputs }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let hasZeros = backward.input(0).hasZeros
        return Tensor.pullback(backward, inputs: [0, 1]) { hasZeros ? ofCopies($0[0]) : $0[1] / $0[0] }
    }

    /// For rows with zeros, by which the product cannot be divided: a copy of the row for each element, with a 1 in
    /// place of the element.
    private func ofCopies(_ x: Tensor) -> Tensor {
        let axes = x.rank == 0 ? [] : axes
        let merged = x.merging(axes, "prod", nil)
        let n = merged.shape[merged.rank - 1]
        let rows = merged.shape.dropLast().reduce(1, *)
        let copies = merged.reshape([rows, 1, n]).broadcast(to: [rows, n, n])
        let products = copies.maskedFill(Tensor.diagonalMask(n), 1).prod(axis: -1)
        return products.reshape(merged.shape).unmerging(axes, to: x.shape)
    }
}

extension Tensor {
    /// The product over `axes`; integers and booleans give int64.
    public func prod(axes: [Int], keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        let site = CallSite(file: file, line: line)
        let x = promoted(by: .sum)
        return x.folded(Prod(axes: axes, keepDims: keepDims), at: site)
    }

    /// The product over one axis, counted from the end if negative; integers and booleans give int64.
    public func prod(axis: Int, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        prod(axes: [axis], keepDims: keepDims, file: file, line: line)
    }

    /// The product of all elements, a scalar.
    public func prod() -> Tensor { prod(axes: allAxes) }
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
