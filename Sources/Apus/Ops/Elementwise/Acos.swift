import ApusKernelCalls

struct Acos: UnaryPrimitive {
    static let kernel = Kernels.acos
    static let saved = Saved.input(0)
    var types: TypeRule { .exponential }

    func gradient(_ backward: Backward) -> Tensor {
        -backward.gradient * overRootOfDifference(backward.input(0)).conjugate()
    }
}

extension Tensor {
    /// The angle in [0, π] with this cosine; NaN for real numbers outside [-1, 1].
    ///
    /// Of complex numbers the principal value, with cuts along the real axis outside [-1, 1].
    public func acos() -> Tensor { elementwise(Acos()) }
}

extension Operation {
    static let acos = Operation(
        "acos",
        [
            Sample("torch.acos(x)", [Input([3, 4], -0.9, 0.9)]) { $0[0].acos() }
        ])
}
