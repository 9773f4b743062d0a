import ApusKernelCalls

// What all elementwise operations share: broadcasting, the kernel's call, and the
// summing of gradients back over broadcast axes. How values are computed is in Elementwise+Compute.

extension Tensor {
    /// Applies a binary operation to pairs of elements, after promotion and broadcasting.
    @inline(__always)
    static func elementwise<P: BinaryPrimitive>(
        _ operation: P, _ a: Tensor, _ b: Tensor, at site: CallSite? = nil
    ) -> Tensor {
        // Tensors of one type, without history and observers, need nothing else.
        if a.node == nil, b.node == nil, a.dtype == b.dtype, Observers.areNone, P.kernel.supports(a.dtype),
            operation.types.type(a.dtype) == a.dtype
        {
            return computed(P.kernel, a, b, site)
        }
        return promoted(operation, a, b, site)
    }

    /// The same for an operation that is known only at run time.
    static func elementwise(any operation: any BinaryPrimitive, _ a: Tensor, _ b: Tensor) -> Tensor {
        promoted(operation, a, b, nil)
    }

    /// One copy for all operations, as `Tensor.recorded` has.
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    private static func promoted(
        _ operation: any BinaryPrimitive, _ a: Tensor, _ b: Tensor, _ site: CallSite?
    ) -> Tensor {
        let kernel = type(of: operation).kernel
        let (a, b) = operation.types.promoted(a, b)
        if !kernel.supports(a.dtype) { refuse(kernel.name, a.dtype, site) }
        if Shape.broadcast(a.shape, b.shape) == nil { refuseBroadcast(kernel.name, a, b, site) }
        return apply(operation, to: [a, b], at: site)
    }

    /// Applies a binary operation to each element and a number on its right.
    @inline(__always)
    static func elementwise<P: BinaryPrimitive, S: TensorScalar>(_ operation: P, _ a: Tensor, _ b: S)
        -> Tensor
    {
        elementwise(operation, a, WeakScalar(b), isFirst: false)
    }

    /// Applies a binary operation to each element and a number on its left.
    @inline(__always)
    static func elementwise<P: BinaryPrimitive, S: TensorScalar>(_ operation: P, _ a: S, _ b: Tensor)
        -> Tensor
    {
        elementwise(operation, b, WeakScalar(a), isFirst: true)
    }

    /// - Parameter isFirst: whether the number is the left operand.
    static func elementwise(
        _ operation: any BinaryPrimitive, _ tensor: Tensor, _ number: WeakScalar, isFirst: Bool
    ) -> Tensor {
        let kernel = type(of: operation).kernel
        let common = commonType(operation, tensor.dtype, number)
        let tensor = common == tensor.dtype ? tensor : tensor.to(common)
        if !kernel.supports(common) { refuse(kernel.name, common, nil) }
        // Arithmetic does not round the number to 16 bits: only tensors are.
        let rounded = type(of: operation).roundsNumber ? number.converted(to: common) : number
        let number = rounded.converted(to: common.computeType)
        if tensor.node == nil, Observers.areNone { return computed(kernel, tensor, number, isFirst) }
        return apply(
            WithNumber(operation: operation, number: number, isFirst: isFirst), to: [tensor], at: nil)
    }

    /// The values of a binary kernel with a number on the right, without history: for primitives that have the number
    /// as a setting.
    func computed(_ kernel: BinaryKernel, number: Double) -> Tensor {
        Tensor.computed(kernel, self, WeakScalar(number).converted(to: dtype.computeType), false)
    }

    /// The type in which an operation computes elements of type `dtype` with a number.
    ///
    /// Small integers compare correctly with numbers that their type cannot hold; arithmetic with such numbers traps.
    @inline(__always)
    static func commonType(_ operation: any BinaryPrimitive, _ dtype: DType, _ number: WeakScalar) -> DType {
        let common = operation.types.type(dtype, beside: number)
        let operation = type(of: operation)
        if common != .uint8 && common != .int32 { return common }
        if number.isHeld(by: common, wrapping: !operation.roundsNumber) { return common }
        if operation.roundsNumber { return .int64 }
        tooLarge(operation.kernel.name, common, number)
    }

    private static func tooLarge(_ operation: String, _ dtype: DType, _ number: WeakScalar) -> Never {
        fail(
            operation,
            "the number \(number.real!) does not fit \(dtype): convert the tensor with .to(.int64)")
    }

    /// Stops where a kernel has no loop for a type, and says what to call instead.
    static func refuse(
        _ operation: String, _ dtype: DType, insteadCall other: String? = nil, _ site: CallSite?
    ) -> Never {
        if dtype.isComplex {
            refuseComplex(operation, dtype, "complex ones have no order", insteadCall: other, site)
        }
        if dtype.isFloatingPoint {
            fail(
                operation, "is defined for integers and booleans, not for \(dtype): convert with .to",
                at: site)
        }
        fail(
            operation, "does not take \(dtype) elements: convert them, for example with .to(.float32)",
            at: site)
    }

    /// Adds up the axes along which `target` was broadcast to this tensor's shape.
    func summed(to target: Shape) -> Tensor {
        if shape == target { return self }
        // A gradient that does not depend on the other inputs may be smaller than what its input was broadcast to.
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
