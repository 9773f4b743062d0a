import ApusKernelCalls

/// An elementwise operation of one input: its kernel, and the gradient.
protocol UnaryPrimitive: SingleResult {
    static var kernel: UnaryKernel { get }
    /// The operation for complex numbers, for messages, where this one does not take them.
    static var complexCounterpart: String? { get }
    /// What the gradient reads besides the gradient of the result.
    static var saved: Saved { get }
    /// The gradient of the input.
    func gradient(_ backward: Backward) -> Tensor
}

extension UnaryPrimitive {
    static var complexCounterpart: String? { nil }
    static var saved: Saved { [] }
    var name: String { Self.kernel.name }
    func value(of inputs: [Tensor]) -> Tensor { inputs[0].computed(Self.kernel) }
    func saved(for needs: [Bool]) -> Saved { Self.saved }
    func gradients(_ backward: Backward) -> [Tensor?] { [gradient(backward)] }
    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

/// A unary operation without a gradient, such as `isNaN`.
protocol UnaryTest: UnaryPrimitive {}

extension UnaryTest {
    var isDifferentiable: Bool { false }
    func gradient(_ backward: Backward) -> Tensor { fail(name, "it has no gradient") }
}

/// A unary operation that is constant between its steps, such as `floor`: its gradient is zero.
protocol UnaryStep: UnaryPrimitive {}

extension UnaryStep {
    func gradient(_ backward: Backward) -> Tensor { .zeros(like: backward.gradient) }
}

extension Tensor {
    /// Applies a unary operation to every element.
    @inline(__always)
    func elementwise<P: UnaryPrimitive>(_ primitive: P, at site: CallSite? = nil) -> Tensor {
        let x = promoted(by: primitive.types)
        if !P.kernel.supports(x.dtype) {
            Tensor.refuse(P.kernel.name, dtype, insteadCall: P.complexCounterpart, site)
        }
        if x.node == nil, Observers.areNone { return x.computed(P.kernel) }
        return Tensor.apply(primitive, to: [x], at: site)
    }
}
