import ApusKernelCalls

/// An elementwise operation of two inputs: its kernel, and the gradient in each of them.
///
/// The same primitive serves two tensors, a tensor with a number (`WithNumber`), and updates in place.
protocol BinaryPrimitive: SingleResult {
    static var kernel: BinaryKernel { get }
    /// Whether a number beside a 16-bit tensor is rounded to its type, as comparisons need; arithmetic takes the number
    /// as it is.
    static var roundsNumber: Bool { get }
    /// What the gradient in the first input reads besides the gradient of the result.
    static var savedForFirst: BinaryOperands.Uses { get }
    /// What the gradient in the second input reads.
    static var savedForSecond: BinaryOperands.Uses { get }
    /// The gradient in the first input. It may have the broadcast shape: it is summed back by the caller.
    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor?
    /// The gradient in the second input.
    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor?
}

/// What the gradients of a binary operation read: the values that it declared as saved, promoted but not broadcast.
struct BinaryOperands {
    struct Uses: OptionSet, Sendable {
        let rawValue: UInt64
        static let a = Uses(rawValue: Saved.input(0).rawValue)
        static let b = Uses(rawValue: Saved.input(1).rawValue)
        static let output = Uses(rawValue: Saved.output.rawValue)
    }

    let first: Tensor?
    let second: Tensor?
    let result: Tensor?

    var a: Tensor { first! }
    var b: Tensor { second! }
    var output: Tensor { result! }
}

extension BinaryPrimitive {
    static var roundsNumber: Bool { false }
    static var savedForFirst: BinaryOperands.Uses { [] }
    static var savedForSecond: BinaryOperands.Uses { [] }
    var name: String { Self.kernel.name }

    func value(of inputs: [Tensor]) -> Tensor { Tensor.computed(Self.kernel, inputs[0], inputs[1], nil) }

    func saved(for needs: [Bool]) -> Saved {
        var uses: BinaryOperands.Uses = []
        if needs[0] { uses.formUnion(Self.savedForFirst) }
        if needs[1] { uses.formUnion(Self.savedForSecond) }
        return Saved(rawValue: uses.rawValue)
    }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let kept = saved(for: backward.needs)
        let operands = BinaryOperands(
            first: kept.contains(.input(0)) ? backward.input(0) : nil,
            second: kept.contains(.input(1)) ? backward.input(1) : nil,
            result: kept.contains(.output) ? backward.output : nil)
        func summed(_ input: Int, _ gradient: (Tensor, BinaryOperands) -> Tensor?) -> Tensor? {
            backward.needs[input]
                ? gradient(backward.gradient, operands)?.summed(to: backward.shape(input)) : nil
        }
        return [summed(0, Self.gradientOfFirst), summed(1, Self.gradientOfSecond)]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

/// A binary operation without gradients, such as a comparison.
protocol BinaryTest: BinaryPrimitive {}

extension BinaryTest {
    var isDifferentiable: Bool { false }
    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        fail(kernel.name, "it has no gradient")
    }
    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        fail(kernel.name, "it has no gradient")
    }
}

/// A binary operation beside a number, on one of its sides.
struct WithNumber: SingleResult {
    let operation: any BinaryPrimitive
    let number: WeakScalar
    /// Whether the number is the left operand.
    let isFirst: Bool

    var name: String { operation.name }
    var isDifferentiable: Bool { operation.isDifferentiable }
    var types: TypeRule { operation.types }

    var attributes: [Attribute] {
        [Attribute("number", number.attribute), Attribute("isFirst", .truth(isFirst))]
    }

    func value(of inputs: [Tensor]) -> Tensor {
        Tensor.computed(type(of: operation).kernel, inputs[0], number, isFirst)
    }

    private var uses: BinaryOperands.Uses {
        let operation = type(of: operation)
        return isFirst ? operation.savedForSecond : operation.savedForFirst
    }

    func saved(for needs: [Bool]) -> Saved {
        var saved: Saved = uses.contains(isFirst ? .b : .a) ? .input(0) : []
        if uses.contains(.output) { saved.insert(.output) }
        return saved
    }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let tensor = uses.contains(isFirst ? .b : .a) ? backward.input(0) : nil
        let other = uses.contains(isFirst ? .a : .b) ? number.tensor(number.dtype) : nil
        let operands = BinaryOperands(
            first: isFirst ? other : tensor, second: isFirst ? tensor : other,
            result: uses.contains(.output) ? backward.output : nil)
        let operation = type(of: operation)
        return [
            isFirst
                ? operation.gradientOfSecond(backward.gradient, operands)
                : operation.gradientOfFirst(backward.gradient, operands)
        ]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

/// A ternary kernel that is linear in its first input, as gradients are, and has no gradient in the others.
struct LinearInFirst: SingleResult {
    let kernel: TernaryKernel

    var name: String { kernel.name }
    var attributes: [Attribute] { [] }

    func value(of inputs: [Tensor]) -> Tensor { Tensor.computed(kernel, inputs[0], inputs[1], inputs[2]) }
    func saved(for needs: [Bool]) -> Saved { [.input(1), .input(2)] }
    func gradients(_ backward: Backward) -> [Tensor?] {
        let (b, c) = (backward.input(1).detach(), backward.input(2).detach())
        return [
            Tensor.apply(self, to: [backward.gradient, b, c], at: nil).summed(to: backward.shape(0)), nil,
            nil,
        ]
    }
    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}
