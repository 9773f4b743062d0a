struct CumulativeProduct: SingleResult {
    let axis: Int
    var name: String { "cumulativeProduct" }
    var types: TypeRule { .runningSum }

    func value(of inputs: [Tensor]) -> Tensor { inputs[0].scanned(.product, axis, reversed: false) }
    func saved(for needs: [Bool]) -> Saved { [.input(0), .output] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let inputs = [backward.gradient, backward.input(0), backward.output]
        return [Tensor.apply(CumulativeProductGradient(axis: axis), to: inputs, at: nil)]
    }
}

/// The gradient of the elements from that of their running products: of xₖ it is Σ gᵢ Π xⱼ over i ≥ k and j ≤ i, j ≠ k.
private struct CumulativeProductGradient: SingleResult {
    let axis: Int
    var name: String { "cumulativeProductGradient" }

    func value(of inputs: [Tensor]) -> Tensor { composed(inputs, withZeros: inputs[1].hasZeros) }
    func saved(for needs: [Bool]) -> Saved { .inputs }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let hasZeros = backward.input(1).hasZeros
        return Tensor.pullback(backward, inputs: [0, 1, 2]) { composed($0, withZeros: hasZeros) }
    }

    /// In tensor operations, from the gradient, the elements and the products.
    private func composed(_ inputs: [Tensor], withZeros: Bool) -> Tensor {
        let (gradient, elements, y) = (inputs[0], inputs[1], inputs[2])
        if !withZeros {
            let sums = (gradient * y.conjugate()).cumulativeSum(axis, reversed: true)
            return sums / elements.conjugate()
        }
        if elements.rank == 0 { return gradient }
        // The products cannot be divided by zeros: the row is copied for each element, with a 1 in place of the
        // element.
        let x = elements.swappingLast(axis)
        let n = elements.shape[axis]
        let rows = x.shape.dropLast().reduce(1, *)
        let copies = x.reshape([rows, 1, n]).broadcast(to: [rows, n, n])
        let products = copies.maskedFill(Tensor.diagonalMask(n), 1).cumulativeProduct(axis: -1)
        let indices = Tensor((0..<n).map { Int64($0) }, shape: [n])
        let later = products.maskedFill(indices .< indices.reshape([n, 1]), 0)
        let g = gradient.swappingLast(axis).reshape([rows, 1, n])
        return (g * later.conjugate()).sum(axis: -1).reshape(x.shape).swappingLast(axis)
    }
}

extension Tensor {
    /// The running product along an axis; integers and booleans give int64.
    ///
    /// Single-precision elements accumulate in double precision.
    public func cumulativeProduct(axis: Int, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        let axis = rowAxis(axis, "cumulativeProduct", site)
        let x = promoted(by: .runningSum)
        return Tensor.apply(CumulativeProduct(axis: axis), to: [x], at: site)
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
