import ApusKernelCalls

struct Add: BinaryPrimitive {
    static let kernel = Kernels.add
    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? { gradient }
    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? { gradient }
}

/// max(a + b, 0), what a residual block ends with, in one pass over memory; NaN stays.
struct AddReLU: BinaryPrimitive {
    static let kernel = Kernels.addReLU
    static let savedForFirst = BinaryOperands.Uses.output
    static let savedForSecond = BinaryOperands.Uses.output

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        Tensor.elementwise(ReLUGradient(), gradient, saved.output.detach())
    }
    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        gradientOfFirst(gradient, saved)
    }
}

extension Add: ActivatedPrimitive {
    var activation: FusedActivation { .none }

    func with(activation: FusedActivation, of dtype: DType) -> (any ActivatedPrimitive)? {
        activation == .relu && AddReLU.kernel.supports(dtype) ? AddReLU() : nil
    }
}

extension AddReLU: ActivatedPrimitive {
    var activation: FusedActivation { .relu }

    func with(activation: FusedActivation, of dtype: DType) -> (any ActivatedPrimitive)? {
        activation == .relu ? self : nil
    }
}

extension Tensor {
    /// The sum of corresponding elements, with broadcasting.
    public static func + (a: Tensor, b: Tensor) -> Tensor { elementwise(Add(), a, b) }
    /// Each element plus a number, in the type of the tensor; beside integers a fraction gives float32.
    public static func + <S: TensorScalar>(a: Tensor, b: S) -> Tensor { elementwise(Add(), a, b) }
    /// A number plus each element, in the type of the tensor; beside integers a fraction gives float32.
    public static func + <S: TensorScalar>(a: S, b: Tensor) -> Tensor { elementwise(Add(), a, b) }

    /// Adds `b`, broadcast to the shape of `a`: in place, unless its memory is shared or a gradient is recorded. The
    /// program stops where the shape or the type of `a` cannot hold the sum.
    public static func += (a: inout Tensor, b: Tensor) { a.update(Add(), b) }
    /// Adds a number to each element of `a`; integers cannot take a fraction.
    public static func += <S: TensorScalar>(a: inout Tensor, b: S) { a.update(Add(), b) }
}

extension Operation {
    static let add = Operation(
        "add", dtypes: DType.everything,
        [
            Sample("x + y", [Input([3, 4]), Input([3, 4])]) { $0[0] + $0[1] },
            Sample("x + y", [Input([2, 3, 4]), Input([3, 1])]) { $0[0] + $0[1] },
            Sample("x + 2.5", [Input([3, 4])]) { $0[0] + 2.5 },
        ])
}
