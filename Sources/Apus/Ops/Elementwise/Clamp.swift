import ApusKernelCalls

struct Clamp: SingleResult {
    let min: Double
    let max: Double
    var name: String { "clamp" }

    func value(of inputs: [Tensor]) -> Tensor {
        let x = inputs[0]
        return Tensor.computed(Kernels.clamp, x, x.bound(min), x.bound(max))
    }

    func saved(for needs: [Bool]) -> Saved { .input(0) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let inside = Tensor.apply(IsWithin(min: min, max: max), to: [backward.input(0)], at: nil)
        return [backward.gradient.maskedFill(.!inside, 0)]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

/// Whether elements lie within bounds, which are included.
private struct IsWithin: SingleResult {
    let min: Double
    let max: Double
    var name: String { Kernels.isWithin.name }
    var isDifferentiable: Bool { false }

    func value(of inputs: [Tensor]) -> Tensor {
        let x = inputs[0]
        return Tensor.computed(Kernels.isWithin, x, x.bound(min), x.bound(max))
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

/// The elements limited by a bound of NaN, as in PyTorch: all of them NaN, with gradient 0.
private struct LimitedByNaN: SingleResult {
    let name: String

    func value(of inputs: [Tensor]) -> Tensor {
        .full(inputs[0].shape, Double.nan, dtype: inputs[0].dtype)
    }

    func gradients(_ backward: Backward) -> [Tensor?] { [.zeros(like: backward.gradient)] }
    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

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
        return Tensor.apply(Clamp(min: min, max: max), to: [x], at: nil)
    }

    func limitedByNaN(_ operation: String) -> Tensor {
        if dtype.isComplex || dtype == .bool { Tensor.refuse(operation, dtype, nil) }
        return Tensor.apply(LimitedByNaN(name: operation), to: [self], at: nil)
    }

    /// A bound as an element of this tensor's type; infinity is an integer type's last value.
    fileprivate func bound(_ value: Double) -> Tensor {
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
