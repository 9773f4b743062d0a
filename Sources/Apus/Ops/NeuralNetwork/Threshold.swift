import ApusKernelCalls

struct Threshold: SingleResult {
    let threshold: Double
    let replacement: Double

    var name: String { "threshold" }
    var types: TypeRule { .function }

    func value(of inputs: [Tensor]) -> Tensor {
        let x = inputs[0]
        let (limit, value) = (WeakScalar(threshold).tensor(x.dtype), WeakScalar(replacement).tensor(x.dtype))
        return Tensor.computed(Kernels.threshold, x, limit, value)
    }

    func saved(for needs: [Bool]) -> Saved { .input(0) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let x = backward.input(0)
        let limit = WeakScalar(threshold).tensor(x.dtype)
        return [Tensor.linearInFirst(Kernels.thresholdGradient, backward.gradient, x, limit)]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// x where it exceeds `threshold`, else `value`.
    public func threshold(_ threshold: Double, value: Double) -> Tensor {
        Tensor.apply(
            Threshold(threshold: threshold, replacement: value), to: [promoted(by: .function)], at: nil)
    }
}

extension Operation {
    static let threshold = Operation(
        "threshold", dtypes: DType.realFloating,
        [
            Sample("F.threshold(x, 0.3, -1)", [Input([3, 4])]) { $0[0].threshold(0.3, value: -1) }
        ])
}
