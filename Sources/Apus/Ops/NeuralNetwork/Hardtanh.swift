import ApusKernels

extension Tensor {
    /// The elements limited to `min...max`; unlike `clamp` it has gradient 0 on the bounds themselves.
    ///
    /// Integers stay integers within whole bounds.
    public func hardtanh(min: Double = -1, max: Double = 1) -> Tensor {
        refuseOrderOfComplex("hardtanh", nil)
        if dtype.isInteger { return clamp(min: min, max: max) }
        let x = floatingPoint
        if min.isNaN || max.isNaN { return x.limitedByNaN("hardtanh") }
        let (low, high) = (WeakScalar(min).tensor(x.dtype), WeakScalar(max).tensor(x.dtype))
        let result = Tensor.elementwise(Kernels.clamp, x, low, high)
        return record("hardtanh", result, [x], elementwise: true) { [x = x.detach()] backward in
            let inside = Tensor.elementwise(Kernels.isInside, x, low, high)
            return [backward.gradient.maskedFill(.!inside, 0)]
        }
    }
}

extension Operation {
    static let hardtanh = Operation(
        "hardtanh", dtypes: DType.realFloating,
        [
            Sample("F.hardtanh(x, -1.5, 1)", [Input([3, 4])]) { $0[0].hardtanh(min: -1.5, max: 1) }
        ])
}
