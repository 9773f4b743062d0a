import ApusKernels

extension Tensor {
    /// The elements limited to `min...max`; unlike `clamp` it has gradient 0 on the bounds themselves.
    public func hardtanh(min: Double = -1, max: Double = 1) -> Tensor {
        refuseOrderOfComplex("hardtanh", nil)
        let x = floatingPoint
        let (low, high) = (WeakScalar(min).tensor(x.dtype), WeakScalar(max).tensor(x.dtype))
        let result = Tensor.elementwise(Kernels.clamp, x, low, high)
        return record("hardtanh", result, [x]) { [x = x.detach()] backward in
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
