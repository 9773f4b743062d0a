import ApusKernelCalls

struct FloorDivide: BinaryPrimitive {
    static let kernel = Kernels.floorDivide

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        .zeros(like: gradient)
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        .zeros(like: gradient)
    }
}

extension Tensor {
    /// The quotient rounded down, ⌊a / b⌋, in the type of the operands; its gradient is zero.
    ///
    /// An integer divided by zero gives 0.
    public func floorDivide(_ other: Tensor) -> Tensor { Tensor.elementwise(FloorDivide(), self, other) }
    /// Each element divided by a number, rounded down; its gradient is zero.
    public func floorDivide<S: TensorScalar>(_ other: S) -> Tensor {
        Tensor.elementwise(FloorDivide(), self, other)
    }
}

extension Operation {
    static let floorDivide = Operation(
        "floorDivide", dtypes: DType.realFloating, isDifferentiable: false,
        [
            Sample("torch.floor_divide(x, y)", [Input([3, 4]), Input([3, 4], 0.5, 2)]) {
                $0[0].floorDivide($0[1])
            }
        ])
}
