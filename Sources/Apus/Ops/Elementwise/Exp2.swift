import ApusKernelCalls

struct Exp2: UnaryPrimitive {
    static let kernel = Kernels.exp2
    static let saved = Saved.output
    var types: TypeRule { .exponential }

    func gradient(_ backward: Backward) -> Tensor {
        backward.gradient * (0.6931471805599453 * backward.output).conjugate()
    }
}

extension Tensor {
    /// 2 to the power of each element.
    public func exp2() -> Tensor { elementwise(Exp2()) }
}

extension Operation {
    static let exp2 = Operation(
        "exp2",
        [
            Sample("torch.exp2(x)", [Input([3, 4])]) { $0[0].exp2() }
        ])
}
