import ApusKernels

extension Tensor {
    /// The elements limited to `min...max`; NaN stays, and a bound of NaN makes all of them NaN.
    ///
    /// The gradient passes where min ≤ x ≤ max, the bounds included, and is zero elsewhere. Where min is
    /// above max every element becomes max.
    public func clamp(min: Double = -.infinity, max: Double = .infinity) -> Tensor {
        let floating = dtype.isFloatingPoint || dtype == .bool
        let whole = min.rounded() == min && max.rounded() == max
        let x = floating ? self : dtype.isInteger && !whole ? to(.float32) : self
        if min.isNaN || max.isNaN { return x.limitedByNaN("clamp") }
        let (low, high) = (x.bound(min), x.bound(max))
        let result = Tensor.elementwise(Kernels.clamp, x, low, high)
        return record("clamp", result, [x], elementwise: true) { backward in
            let inside = Tensor.elementwise(Kernels.isWithin, x.detach(), low, high)
            return [backward.gradient.maskedFill(.!inside, 0)]
        }
    }

    /// What bounds of NaN make of all elements, as in PyTorch: NaN, with gradient 0.
    func limitedByNaN(_ operation: String) -> Tensor {
        if dtype.isComplex || dtype == .bool { Tensor.refuse(operation, dtype, nil) }
        return record(operation, .full(shape, Double.nan, dtype: dtype), [self], elementwise: true) {
            [.zeros(like: $0.gradient)]
        }
    }

    /// A bound as an element of this tensor's type; infinity is an integer type's last value.
    private func bound(_ value: Double) -> Tensor {
        switch dtype {
        case .uint8: WeakScalar(UInt8(Swift.min(Swift.max(value, 0), 255))).tensor(dtype)
        case .int32: WeakScalar(Int32(Swift.min(Swift.max(value, -0x1p31), 0x1p31 - 1))).tensor(dtype)
        case .int64:
            WeakScalar(value >= 0x1p63 ? Int64.max : value <= -0x1p63 ? .min : Int64(value)).tensor(dtype)
        default: WeakScalar(value).tensor(dtype)
        }
    }
}

extension Operation {
    static let clamp = Operation(
        "clamp", dtypes: DType.numeric.filter { !$0.isComplex },
        [
            Sample("torch.clamp(x, -1, 1)", [Input([3, 4])]) { $0[0].clamp(min: -1, max: 1) },
            Sample("torch.clamp(x, min=0)", [Input([3, 4])]) { $0[0].clamp(min: 0) },
        ])
}
