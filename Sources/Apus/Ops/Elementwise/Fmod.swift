import ApusKernelCalls

struct Fmod: BinaryPrimitive {
    static let kernel = Kernels.fmod
    static let savedForSecond: BinaryOperands.Uses = [.a, .b]

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        gradient
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        -gradient * (saved.a / saved.b).trunc()
    }
}

extension Tensor {
    /// What division leaves, with the sign of this tensor's elements, as in C.
    ///
    /// An integer divided by zero leaves 0.
    public func fmod(_ other: Tensor) -> Tensor { Tensor.elementwise(Fmod(), self, other) }
    /// What dividing each element by a number leaves, with the sign of the element.
    public func fmod<S: TensorScalar>(_ other: S) -> Tensor { Tensor.elementwise(Fmod(), self, other) }
}

extension Operation {
    static let fmod = Operation(
        "fmod", dtypes: DType.realFloating,
        [
            Sample("torch.fmod(x, y)", [Input([3, 4]), Input([3, 4], 0.5, 2)]) { $0[0].fmod($0[1]) }
        ])
}
