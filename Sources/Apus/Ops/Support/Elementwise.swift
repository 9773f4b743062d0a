import ApusKernels

// What all elementwise operations share: promotion, broadcasting, the kernel's call, and the
// summing of gradients back over broadcast axes. How values are computed is in Elementwise+Compute.

extension Tensor {
    /// Applies a kernel to every element.
    ///
    /// - Parameters:
    ///   - floating: integers and booleans become float32 first, as for `exp`.
    ///   - gradient: nil where there is none.
    @inline(__always)
    func elementwise(
        _ kernel: UnaryKernel, floating: Bool = false, at site: CallSite? = nil, _ gradient: UnaryGradient?
    ) -> Tensor {
        let x = floating && !dtype.isDifferentiable ? to(.float32) : self
        if !kernel.supports(x.dtype) { Tensor.refuse(kernel.name, dtype, site) }
        let result = x.computed(kernel)
        guard x.node != nil, let gradient else {
            NaNCheck.inspect(kernel.name, result)
            return result
        }
        return x.recordUnary(kernel.name, result, gradient)
    }

    private func recordUnary(_ name: String, _ result: Tensor, _ gradient: UnaryGradient) -> Tensor {
        let input = gradient.savesInput ? self : nil
        let function = gradient.function
        return Tensor.record(name, result, [self], savesOutput: gradient.savesOutput, elementwise: true) {
            backward in
            [function(backward.gradient, input, backward)]
        }
    }

    /// Applies a kernel to pairs of elements, after promotion and broadcasting.
    static func elementwise(_ rule: BinaryRule, _ a: Tensor, _ b: Tensor, at site: CallSite? = nil) -> Tensor
    {
        if a.dtype != b.dtype || (rule.floating && !a.dtype.isDifferentiable) {
            var common = promotedType(a, b)
            if rule.floating && !common.isDifferentiable { common = .float32 }
            return sameType(rule, a.to(common), b.to(common), site)
        }
        return sameType(rule, a, b, site)
    }

    private static func sameType(_ rule: BinaryRule, _ a: Tensor, _ b: Tensor, _ site: CallSite?) -> Tensor {
        let kernel = rule.kernel
        if !kernel.supports(a.dtype) { refuse(kernel.name, a.dtype, site) }
        let result = computed(kernel, a, b, site)
        if a.node == nil && b.node == nil {
            NaNCheck.inspect(kernel.name, result)
            return result
        }
        return record(rule, result, a, b)
    }

    private static func record(_ rule: BinaryRule, _ result: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
        var uses: BinaryRule.Uses = []
        if a.node != nil, let partial = rule.a { uses.formUnion(partial.uses) }
        if b.node != nil, let partial = rule.b { uses.formUnion(partial.uses) }
        let savedA = uses.contains(.a) ? a : nil
        let savedB = uses.contains(.b) ? b : nil
        let usesOutput = uses.contains(.output)
        return record(rule.kernel.name, result, [a, b], savesOutput: usesOutput, elementwise: true) {
            [partialA = rule.a, partialB = rule.b, shapeA = a.shape, shapeB = b.shape] backward in
            let saved = BinaryRule.Saved(
                first: savedA, second: savedB, result: usesOutput ? backward.output : nil)
            return [
                backward.needs[0] ? partialA?.function(backward.gradient, saved).summed(to: shapeA) : nil,
                backward.needs[1] ? partialB?.function(backward.gradient, saved).summed(to: shapeB) : nil,
            ]
        }
    }

    /// Applies a kernel to each element and a number on its right.
    @inline(__always)
    static func elementwise<S: TensorScalar>(_ rule: BinaryRule, _ a: Tensor, _ b: S) -> Tensor {
        elementwise(rule, a, WeakScalar(b), isFirst: false)
    }

    /// Applies a kernel to each element and a number on its left.
    @inline(__always)
    static func elementwise<S: TensorScalar>(_ rule: BinaryRule, _ a: S, _ b: Tensor) -> Tensor {
        elementwise(rule, b, WeakScalar(a), isFirst: true)
    }

    /// - Parameter isFirst: whether the number is the left operand.
    static func elementwise(_ rule: BinaryRule, _ tensor: Tensor, _ number: WeakScalar, isFirst: Bool)
        -> Tensor
    {
        let common = commonType(rule, tensor.dtype, number)
        let tensor = common == tensor.dtype ? tensor : tensor.to(common)
        let kernel = rule.kernel
        if !kernel.supports(common) { refuse(kernel.name, common, nil) }
        // Arithmetic does not round the number to 16 bits: only tensors are.
        let rounded = rule.roundsNumber ? number.converted(to: common) : number
        let number = rounded.converted(to: common.computeType)
        let result = computed(kernel, tensor, number, isFirst)
        guard tensor.node != nil, let partial = isFirst ? rule.b : rule.a else {
            NaNCheck.inspect(kernel.name, result)
            return result
        }
        let (usesTensor, usesNumber) =
            isFirst
            ? (partial.uses.contains(.b), partial.uses.contains(.a))
            : (partial.uses.contains(.a), partial.uses.contains(.b))
        let input = usesTensor ? tensor : nil
        let usesOutput = partial.uses.contains(.output)
        return record(kernel.name, result, [tensor], savesOutput: usesOutput, elementwise: true) { backward in
            let other = usesNumber ? number.tensor(number.dtype) : nil
            let saved = BinaryRule.Saved(
                first: isFirst ? other : input, second: isFirst ? input : other,
                result: usesOutput ? backward.output : nil)
            return [partial.function(backward.gradient, saved)]
        }
    }

    /// Integers and booleans as float32.
    var floatingPoint: Tensor { dtype.isDifferentiable ? self : to(.float32) }

    /// The type in which an operation computes elements of type `dtype` with a number.
    ///
    /// Small integers compare rightly with numbers that they cannot hold; arithmetic with those traps.
    @inline(__always)
    static func commonType(_ rule: BinaryRule, _ dtype: DType, _ number: WeakScalar) -> DType {
        let common = number.type(beside: dtype)
        if rule.floating && !common.isDifferentiable { return .float32 }
        if common != .uint8 && common != .int32 { return common }
        if number.isHeld(by: common, wrapping: !rule.roundsNumber) { return common }
        if rule.roundsNumber { return .int64 }
        tooLarge(rule, common, number)
    }

    private static func tooLarge(_ rule: BinaryRule, _ dtype: DType, _ number: WeakScalar) -> Never {
        fail(
            rule.kernel.name,
            "the number \(number.real!) does not fit \(dtype): convert the tensor with .to(.int64)")
    }

    /// Stops where a kernel has no loop for a type, and says what to call instead.
    static func refuse(_ operation: String, _ dtype: DType, _ site: CallSite?) -> Never {
        if dtype.isComplex { refuseComplex(operation, dtype, "complex ones have no order", site) }
        if dtype.isFloatingPoint {
            fail(
                operation, "is defined for integers and booleans, not for \(dtype): convert with .to",
                at: site)
        }
        fail(
            operation, "does not take \(dtype) elements: convert them, for example with .to(.float32)",
            at: site)
    }

    /// The common type of two operands, as PyTorch's `result_type`: a zero-dimensional tensor does not
    /// widen one with axes of the same kind.
    static func promotedType(_ a: Tensor, _ b: Tensor) -> DType {
        if (a.rank == 0) == (b.rank == 0) { return DType.promote(a.dtype, b.dtype) }
        let (full, scalar) = a.rank == 0 ? (b.dtype, a.dtype) : (a.dtype, b.dtype)
        if scalar.kind <= full.kind { return full }
        if scalar.isComplex && full.isFloatingPoint { return full.complexType }
        return DType.promote(full, scalar)
    }

    /// Adds up the axes along which `target` was broadcast to this tensor's shape.
    func summed(to target: Shape) -> Tensor {
        if shape == target { return self }
        // A gradient may be smaller than its input was broadcast to, where it does not depend on the others.
        if Shape.broadcast(shape, target) == target { return broadcast(to: target) }
        let added = rank - target.count
        var axes = Array(0..<added)
        for axis in target.indices where target[axis] == 1 && shape[axis + added] != 1 {
            axes.append(axis + added)
        }
        let total = axes.isEmpty ? self : sum(axes: axes, keepDims: true)
        return total.reshape(target)
    }
}

extension DType {
    /// bool < integers < floats < complex.
    var kind: Int {
        if isComplex { return 3 }
        if isFloatingPoint { return 2 }
        return self == .bool ? 0 : 1
    }
}
