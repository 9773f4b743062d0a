import ApusKernelCalls

struct Hardtanh: SingleResult {
    let min: Double
    let max: Double

    var name: String { "hardtanh" }
    var types: TypeRule { .function }

    func value(of inputs: [Tensor]) -> Tensor {
        let x = inputs[0]
        let (low, high) = (WeakScalar(min).tensor(x.dtype), WeakScalar(max).tensor(x.dtype))
        return Tensor.computed(Kernels.clamp, x, low, high)
    }

    func saved(for needs: [Bool]) -> Saved { .input(0) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let inside = Tensor.apply(IsInside(min: min, max: max), to: [backward.input(0).detach()], at: nil)
        return [backward.gradient.maskedFill(.!inside, 0)]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

/// Whether elements lie between two numbers, these excluded.
private struct IsInside: SingleResult {
    let min: Double
    let max: Double

    var name: String { "isInside" }
    var isDifferentiable: Bool { false }

    func value(of inputs: [Tensor]) -> Tensor {
        let x = inputs[0]
        let (low, high) = (WeakScalar(min).tensor(x.dtype), WeakScalar(max).tensor(x.dtype))
        return Tensor.computed(Kernels.isInside, x, low, high)
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// The elements limited to `min...max`; unlike `clamp` it has gradient 0 on the bounds themselves.
    ///
    /// Integers stay integers within whole bounds.
    public func hardtanh(min: Double = -1, max: Double = 1) -> Tensor {
        refuseOrderOfComplex("hardtanh", nil)
        if dtype.isInteger { return clamp(min: min, max: max) }
        let x = promoted(by: .function)
        if min.isNaN || max.isNaN { return x.limitedByNaN("hardtanh") }
        return Tensor.apply(Hardtanh(min: min, max: max), to: [x], at: nil)
    }
}

extension Operation {
    static let hardtanh = Operation(
        "hardtanh", dtypes: DType.realFloating,
        [
            Sample("F.hardtanh(x, -1.5, 1)", [Input([3, 4])]) { $0[0].hardtanh(min: -1.5, max: 1) }
        ])
}
