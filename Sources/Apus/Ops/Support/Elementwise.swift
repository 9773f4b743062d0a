import ApusKernels

// What all elementwise operations share: promotion, broadcasting, the choice of a layout for the
// result, the kernel's call, and the summing of gradients back over broadcast axes.

extension Tensor {
    /// Applies a kernel to every element.
    ///
    /// - Parameters:
    ///   - floating: integers and booleans become float32 first, as for `exp`.
    ///   - gradient: from the gradient of the result, the input and the result; nil where there is none.
    @inline(__always)
    func elementwise(
        _ kernel: UnaryKernel, floating: Bool = false, at site: CallSite? = nil,
        gradient: (@Sendable (_ gradient: Tensor, _ x: Tensor, _ result: Tensor) -> Tensor)?
    ) -> Tensor {
        let x = floating && !dtype.isDifferentiable ? to(.float32) : self
        if !kernel.supports(x.dtype) { fail(kernel.name, "does not take \(dtype) elements", at: site) }
        let result = x.computed(kernel)
        guard x.node != nil, let gradient else {
            NaNCheck.inspect(kernel.name, result)
            return result
        }
        return Tensor.record(kernel.name, result, [x], savesOutput: true) { backward in
            [gradient(backward.gradient, x, backward.output)]
        }
    }

    /// The kernel's values, in this tensor's memory order.
    func computed(_ kernel: UnaryKernel) -> Tensor {
        let output = kernel.outputType(dtype)
        if layout.isContiguous, !dtype.isHalf {
            let result = Tensor(uninitialized: Layout(shape: shape, strides: layout.strides), output)
            kernel.runDense(start, result.base, count, dtype)
            return result
        }
        let layout = layout.isDense ? layout.rebased : Layout(contiguous: shape)
        let result = Tensor(uninitialized: layout, output)
        kernel.run(operand, into: result.operand, computing: dtype.computeType)
        return result
    }

    /// Applies a kernel to pairs of elements, after promotion and broadcasting.
    ///
    /// - Parameter gradient: the gradients of both inputs from the gradient of the result, the inputs as
    ///   promoted (not broadcast) and the result; it asks `needs` before computing one. They may have
    ///   the broadcast shape: they are summed back here.
    @inline(__always)
    static func elementwise(
        _ kernel: BinaryKernel, _ a: Tensor, _ b: Tensor, floating: Bool = false, at site: CallSite? = nil,
        gradient: (@Sendable (_ backward: Backward, _ a: Tensor, _ b: Tensor) -> (Tensor?, Tensor?))?
    ) -> Tensor {
        var (a, b) = (a, b)
        if a.dtype != b.dtype || (floating && !a.dtype.isDifferentiable) {
            var common = promotedType(a, b)
            if floating && !common.isDifferentiable { common = .float32 }
            a = a.to(common)
            b = b.to(common)
        }
        if !kernel.supports(a.dtype) { fail(kernel.name, "does not take \(a.dtype) elements", at: site) }
        let result = computed(kernel, a, b, site)
        guard let gradient, a.node != nil || b.node != nil else {
            NaNCheck.inspect(kernel.name, result)
            return result
        }
        return record(kernel.name, result, [a, b], savesOutput: true) { [a, b] backward in
            let (ga, gb) = gradient(backward, a, b)
            return [
                backward.needs[0] ? ga?.summed(to: a.shape) : nil,
                backward.needs[1] ? gb?.summed(to: b.shape) : nil,
            ]
        }
    }

    private static func computed(_ kernel: BinaryKernel, _ a: Tensor, _ b: Tensor, _ site: CallSite?)
        -> Tensor
    {
        let output = kernel.outputType(a.dtype)
        if a.layout.shape == b.layout.shape, a.layout.isContiguous, b.layout.isContiguous, !a.dtype.isHalf {
            let result = Tensor(uninitialized: Layout(shape: a.shape, strides: a.layout.strides), output)
            kernel.runDense(a.start, b.start, result.base, result.count, a.dtype)
            return result
        }
        guard let shape = Shape.broadcast(a.shape, b.shape) else {
            fail(kernel.name, "shapes \(a.shape) and \(b.shape) do not broadcast together", at: site)
        }
        let result = Tensor(uninitialized: resultLayout(shape, [a, b]), output)
        kernel.run(
            a.broadcastOperand(shape), b.broadcastOperand(shape), into: result.operand,
            computing: a.dtype.computeType)
        return result
    }

    /// Applies a kernel to triples of elements of one type, after broadcasting; without gradient.
    static func elementwise(
        _ kernel: TernaryKernel, _ a: Tensor, _ b: Tensor, _ c: Tensor, at site: CallSite? = nil
    ) -> Tensor {
        if !kernel.supports(a.dtype) { fail(kernel.name, "does not take \(a.dtype) elements", at: site) }
        guard let ab = Shape.broadcast(a.shape, b.shape), let shape = Shape.broadcast(ab, c.shape) else {
            fail(
                kernel.name, "shapes \(a.shape), \(b.shape) and \(c.shape) do not broadcast together",
                at: site)
        }
        let result = Tensor(uninitialized: resultLayout(shape, [a, b, c]), kernel.outputType(a.dtype))
        kernel.run(
            a.broadcastOperand(shape), b.broadcastOperand(shape), c.broadcastOperand(shape),
            into: result.operand,
            computing: a.dtype.computeType)
        return result
    }

    func broadcastOperand(_ shape: Shape) -> Operand {
        Operand(base, dtype, layout.broadcast(to: shape))
    }

    /// The memory order of a result: the first full-sized dense input's, else row-major.
    private static func resultLayout(_ shape: Shape, _ inputs: [Tensor]) -> Layout {
        for input in inputs where input.shape == shape && input.layout.isDense { return input.layout.rebased }
        return Layout(contiguous: shape)
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
