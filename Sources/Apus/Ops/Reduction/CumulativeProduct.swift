import ApusKernels

extension Tensor {
    /// The running product along an axis; integers and booleans give int64.
    ///
    /// Single-precision elements accumulate in double precision.
    public func cumulativeProduct(axis: Int, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        let axis = rowAxis(axis, "cumulativeProduct", site)
        let x = dtype.isDifferentiable || dtype == .int64 ? self : to(.int64)
        let result = x.scanned(.product, axis, reversed: false)
        return record("cumulativeProduct", result, [x], savesOutput: true) { backward in
            [x.cumulativeProductGradient(backward.gradient, backward.output, axis)]
        }
    }

    // The gradient of xₖ is Σ gᵢ Π xⱼ over i ≥ k and j ≤ i, j ≠ k.
    private func cumulativeProductGradient(_ gradient: Tensor, _ y: Tensor, _ axis: Int) -> Tensor {
        if !(detach() .== 0).any().item(as: Bool.self) {
            return (gradient * y.conjugate()).cumulativeSum(axis, reversed: true) / conjugate()
        }
        if rank == 0 { return gradient }
        // Nothing can be divided by zero: a copy of the row for each element, with a 1 in its place.
        let x = swappingLast(axis)
        let n = shape[axis]
        let rows = x.shape.dropLast().reduce(1, *)
        let copies = x.reshape([rows, 1, n]).broadcast(to: [rows, n, n])
        let products = copies.maskedFill(Tensor.diagonalMask(n), 1).cumulativeProduct(axis: -1)
        let places = Tensor((0..<n).map { Int64($0) }, shape: [n])
        let later = products.maskedFill(places .< places.reshape([n, 1]), 0)
        let g = gradient.swappingLast(axis).reshape([rows, 1, n])
        return (g * later.conjugate()).sum(axis: -1).reshape(x.shape).swappingLast(axis)
    }
}

extension Operation {
    static let cumulativeProduct = Operation(
        "cumulativeProduct", dtypes: DType.numeric,
        [
            Sample("torch.cumprod(x, 0)", [Input([3, 4])]) { $0[0].cumulativeProduct(axis: 0) },
            Sample("torch.cumprod(x * y, 1)", [Input([3, 4]), Input([3, 4], 0, 3, dtype: .int64)]) {
                ($0[0] * $0[1]).cumulativeProduct(axis: 1)
            },
        ])
}
