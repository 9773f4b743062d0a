import ApusKernelCalls

/// An activation function whose kernel takes a number besides the element, such as a slope.
protocol NumberActivation: SingleResult {
    static var kernel: BinaryKernel { get }
    /// The operation for complex numbers, for messages.
    static var complexCounterpart: String? { get }
    var number: Double { get }
    /// The gradient of the input `x`.
    func gradient(_ gradient: Tensor, _ x: Tensor) -> Tensor
}

extension NumberActivation {
    static var complexCounterpart: String? { nil }
    var name: String { Self.kernel.name }
    var types: TypeRule { .function }
    func value(of inputs: [Tensor]) -> Tensor { inputs[0].computed(Self.kernel, number: number) }
    func saved(for needs: [Bool]) -> Saved { .input(0) }
    func gradients(_ backward: Backward) -> [Tensor?] { [gradient(backward.gradient, backward.input(0))] }
    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// Applies an activation function to every element; integers and booleans become float32 first.
    func activated<A: NumberActivation>(_ activation: A) -> Tensor {
        let x = promoted(by: activation.types)
        if !A.kernel.supports(x.dtype) {
            Tensor.refuse(A.kernel.name, x.dtype, insteadCall: A.complexCounterpart, nil)
        }
        if x.node == nil, Observers.areNone { return x.computed(A.kernel, number: activation.number) }
        return Tensor.apply(activation, to: [x], at: nil)
    }
}
