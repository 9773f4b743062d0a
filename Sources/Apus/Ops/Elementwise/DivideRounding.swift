import ApusKernelCalls

struct TruncDivide: BinaryPrimitive {
    static let kernel = Kernels.truncDivide

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        .zeros(like: gradient)
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        .zeros(like: gradient)
    }
}

extension DivisionRounding {
    fileprivate var primitive: any BinaryPrimitive { self == .down ? FloorDivide() : TruncDivide() }
}

extension Tensor {
    /// The quotient of corresponding elements as a whole number, in the type of the operands, with broadcasting;
    /// its gradient is zero.
    ///
    /// An integer divided by zero gives 0.
    public func divide(
        _ other: Tensor, rounding: DivisionRounding, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        Tensor.elementwise(rounding.primitive, self, other, at: CallSite(file: file, line: line))
    }
    /// Each element divided by a number, as a whole number; its gradient is zero.
    public func divide<S: TensorScalar>(_ other: S, rounding: DivisionRounding) -> Tensor {
        Tensor.elementwise(rounding.primitive, self, other)
    }
}

extension Operation {
    static let divideRounding = Operation(
        "divideRounding", dtypes: DType.realFloating + [.int64, .int32],
        [
            Sample(
                "torch.div(x * 5 - 4, y, rounding_mode='trunc')",
                [Input([3, 4]), Input([3, 4], 1, 3, dtype: .int64)]
            ) { ($0[0] * 5 - 4).divide($0[1], rounding: .towardZero) },
            Sample(
                "torch.div(x * 5 - 4, y, rounding_mode='floor')",
                [Input([2, 3, 4]), Input([3, 1], 1, 3, dtype: .int64)]
            ) { ($0[0] * 5 - 4).divide($0[1], rounding: .down) },
            Sample("torch.div(x * 5 - 4, -3, rounding_mode='trunc')", [Input([3, 4])]) {
                ($0[0] * 5 - 4).divide(-3, rounding: .towardZero)
            },
        ])
}
