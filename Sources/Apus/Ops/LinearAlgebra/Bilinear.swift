extension Tensor {
    /// The bilinear map of the last axes: y_o = xᵀ·W_o·x′ + b_o.
    ///
    /// - Parameters:
    ///   - other: x′, [..., features′], with this tensor's other axes; this tensor is [..., features].
    ///   - weight: W, [outputs, features, features′].
    ///   - bias: b, [outputs], or nil.
    /// - Returns: [..., outputs].
    public func bilinear(
        _ other: Tensor, weight: Tensor, bias: Tensor? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        guard rank > 0, other.rank == rank, shape.dropLast() == other.shape.dropLast(), weight.rank == 3,
            weight.shape[1] == shape[rank - 1], weight.shape[2] == other.shape[rank - 1]
        else {
            fail(
                "bilinear",
                "inputs of shapes \(shape) and \(other.shape) do not fit a weight of shape \(weight.shape)",
                at: site)
        }
        let (outputs, left, right) = (weight.shape[0], weight.shape[1], weight.shape[2])
        if let bias, bias.shape != [outputs] {
            fail("bilinear", "a bias of shape \(bias.shape) for \(outputs) outputs", at: site)
        }
        let operands = TypeRule.product.promoted([self, other, weight].with(bias, nil))
        let rows = shape.dropLast().clampedProduct
        // xᵀ·W of all outputs in one product, then a product for each row.
        let matrix = operands[2].permute([1, 0, 2]).reshape([left, outputs * right])
        let half = operands[0].reshape([rows, left]).matmul(matrix).reshape([rows, outputs, right])
        let product = half.matmul(operands[1].reshape([rows, right, 1])).reshape(shape.dropLast() + [outputs])
        return bias == nil ? product : product + operands[3]
    }
}

extension Operation {
    static let bilinear = Operation(
        "bilinear", dtypes: DType.realFloating,
        [
            Sample("F.bilinear(x, y, z, u)", [Input([3, 2]), Input([3, 4]), Input([5, 2, 4]), Input([5])]) {
                $0[0].bilinear($0[1], weight: $0[2], bias: $0[3])
            },
            Sample("F.bilinear(x, y, z)", [Input([2, 3, 2]), Input([2, 3, 2]), Input([1, 2, 2])]) {
                $0[0].bilinear($0[1], weight: $0[2])
            },
        ])
}
