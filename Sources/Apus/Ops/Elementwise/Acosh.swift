import ApusKernelCalls

struct Acosh: UnaryPrimitive {
    static let kernel = Kernels.acosh
    static let saved = Saved.input(0)
    var types: TypeRule { .function }

    func gradient(_ backward: Backward) -> Tensor {
        let x = backward.input(0)
        // 1 / √(x² - 1) from factors, which neither overflow nor cancel.
        return backward.gradient * ((x - 1).rsqrt() * (x + 1).rsqrt()).conjugate()
    }
}

extension Tensor {
    /// The inverse of the hyperbolic cosine, at least 0; NaN for real numbers below 1.
    ///
    /// Of complex numbers the principal value, with a cut along the real axis below 1.
    public func acosh() -> Tensor { elementwise(Acosh()) }
}

extension Operation {
    static let acosh = Operation(
        "acosh",
        [
            Sample("torch.acosh(x)", [Input([3, 4], 1.2, 4)]) { $0[0].acosh() }
        ])
}
