/// The elements of the first input, and one value where the second, a mask, holds.
struct MaskedFill: SingleResult {
    /// The value; nil where it is the only element of a third input.
    let number: WeakScalar?
    var name: String { "maskedFill" }

    var attributes: [Attribute] { number.map { [Attribute("value", $0.attribute)] } ?? [] }

    func value(of inputs: [Tensor]) -> Tensor {
        let (x, mask) = (inputs[0], inputs[1])
        let value = number?.tensor(x.dtype) ?? inputs[2]
        let shape = Shape.broadcast(mask.shape, x.shape)!
        let result = Tensor(uninitialized: Tensor.resultLayout(shape, [x, mask]), x.dtype)
        kernels.selectElements(
            mask.broadcastOperand(shape), value.broadcastOperand(shape), x.broadcastOperand(shape),
            into: result.operand)
        return result
    }

    func saved(for needs: [Bool]) -> Saved { .input(1) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let (gradient, mask) = (backward.gradient, backward.input(1))
        var gradients = [
            backward.needs[0] ? gradient.maskedFill(mask, 0).summed(to: backward.shape(0)) : nil, nil,
        ]
        if number == nil { gradients.append(backward.needs[2] ? gradient.maskedFill(.!mask, 0).sum() : nil) }
        return gradients
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// A copy with `value` where `mask` holds; the mask broadcasts to this tensor's shape.
    public func maskedFill<S: TensorScalar>(
        _ mask: Tensor, _ value: S, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (number, site) = (WeakScalar(value), CallSite(file: file, line: line))
        if !dtype.holds(number) {
            fail(
                "maskedFill", "a \(dtype) tensor cannot hold the \(number.dtype) value \(value)", at: site)
        }
        return Tensor.apply(MaskedFill(number: number), to: [self, fittingMask(mask, site)], at: site)
    }

    /// A copy with the only element of `value` where `mask` holds.
    public func maskedFill(
        _ mask: Tensor, _ value: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if value.count != 1 {
            fail("maskedFill", "the value has shape \(value.shape); it must be one element", at: site)
        }
        let mask = fittingMask(mask, site)
        return Tensor.apply(
            MaskedFill(number: nil), to: [self, mask, value.reshape([]).to(dtype)], at: site)
    }

    /// The mask as booleans; stops the program where it does not broadcast with this tensor.
    private func fittingMask(_ mask: Tensor, _ site: CallSite) -> Tensor {
        if Shape.broadcast(mask.shape, shape) == nil {
            fail("maskedFill", "a mask of shape \(mask.shape) does not fit shape \(shape)", at: site)
        }
        return mask.detach().to(.bool)
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
