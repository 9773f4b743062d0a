import ApusKernels

extension Tensor {
    /// A copy with `value` where `mask` holds; the mask broadcasts to this tensor's shape.
    public func maskedFill<S: TensorScalar>(
        _ mask: Tensor, _ value: S, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let number = WeakScalar(value)
        if number.type(beside: dtype).kind > Swift.max(dtype.kind, 1) {
            fail(
                "maskedFill", "a \(dtype) tensor cannot hold the \(number.dtype) value \(value)",
                at: CallSite(file: file, line: line))
        }
        return maskedFill(mask, number.tensor(dtype), file: file, line: line)
    }

    /// A copy with the only element of `value` where `mask` holds.
    public func maskedFill(
        _ mask: Tensor, _ value: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if value.count != 1 {
            fail("maskedFill", "the value has shape \(value.shape); it must be one element", at: site)
        }
        let shape = Shape.broadcast(mask.shape, self.shape)
        guard let shape else {
            fail("maskedFill", "a mask of shape \(mask.shape) does not fit shape \(self.shape)", at: site)
        }
        let value = value.reshape([]).to(dtype)
        let mask = mask.detach().to(.bool)
        let result = Tensor(uninitialized: Tensor.resultLayout(shape, [self, mask]), dtype)
        selectElements(
            mask.broadcastOperand(shape), value.broadcastOperand(shape), broadcastOperand(shape),
            into: result.operand)
        return record("maskedFill", result, [self, value], elementwise: true) {
            [source = self.shape] backward in
            [
                backward.needs[0] ? backward.gradient.maskedFill(mask, 0).summed(to: source) : nil,
                backward.needs[1] ? backward.gradient.maskedFill(.!mask, 0).sum() : nil,
            ]
        }
    }
}

extension Operation {
    static let maskedFill = Operation(
        "maskedFill", dtypes: DType.everything,
        [
            Sample("x.masked_fill(y, 1)", [Input([3, 4]), Input([4], dtype: .bool)]) {
                $0[0].maskedFill($0[1], 1)
            }
        ])
}
