import ApusKernelCalls

struct Softplus: SingleResult {
    let beta: Double
    let threshold: Double

    var name: String { "softplus" }
    var types: TypeRule { .exponential }

    func value(of inputs: [Tensor]) -> Tensor {
        let x = inputs[0]
        let (b, t) = (WeakScalar(beta).tensor(x.dtype), WeakScalar(threshold).tensor(x.dtype))
        return Tensor.computed(Kernels.softplus, x, b, t)
    }

    func saved(for needs: [Bool]) -> Saved { .input(0) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let slope = SoftplusSlope(beta: beta, threshold: threshold)
        return [backward.gradient * Tensor.apply(slope, to: [backward.input(0)], at: nil)]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

/// The derivative s = sigmoid(βx), 1 beyond the threshold; its own is β s (1 - s), 0 there too.
private struct SoftplusSlope: SingleResult {
    let beta: Double
    let threshold: Double

    var name: String { "softplusSlope" }

    func value(of inputs: [Tensor]) -> Tensor {
        let x = inputs[0]
        let (b, t) = (WeakScalar(beta).tensor(x.dtype), WeakScalar(threshold).tensor(x.dtype))
        return Tensor.computed(Kernels.softplusSlope, x, b, t)
    }

    func saved(for needs: [Bool]) -> Saved { .output }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let s = backward.output
        return [backward.gradient * WeakScalar(beta).tensor(s.dtype) * (s * (1 - s))]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// log(1 + e^(βx)) / β; x itself where βx exceeds `threshold`.
    public func softplus(beta: Double = 1, threshold: Double = 20) -> Tensor {
        Tensor.apply(Softplus(beta: beta, threshold: threshold), to: [promoted(by: .exponential)], at: nil)
    }
}

extension Operation {
    static let softplus = Operation(
        "softplus", dtypes: DType.realFloating,
        [
            Sample("F.softplus(x)", [Input([3, 4], -4, 4)]) { $0[0].softplus() },
            Sample("F.softplus(x, 2, 3)", [Input([3, 4], -4, 4)]) { $0[0].softplus(beta: 2, threshold: 3) },
        ])
}
