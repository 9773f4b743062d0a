import ApusKernelCalls

// The values of elementwise operations, without history: the choice between the contiguous fast path
// and the strided one, and the layout of the result, which keeps its inputs' memory order.

extension Tensor {
    /// The kernel's values, in this tensor's memory order.
    func computed(_ kernel: UnaryKernel) -> Tensor {
        let output = kernel.outputType(dtype)
        if !dtype.isHalf, let (layout, source) = dense {
            let result = Tensor(uninitialized: layout, output)
            kernels.runDense(kernel, source, result.base, count, dtype)
            return result
        }
        let layout = layout.isDense ? layout.rebased : Layout(contiguous: shape)
        let result = Tensor(uninitialized: layout, output)
        kernels.run(kernel, operand, into: result.operand, computing: dtype.computeType)
        return result
    }

    /// For elements that fill one stretch of memory: the layout of a result in the same order, and the
    /// stretch's first byte.
    @inline(__always)
    var dense: (layout: Layout, source: UnsafeMutableRawPointer)? {
        if layout.isContiguous { return (Layout(shape: layout.shape, strides: layout.strides), start) }
        guard layout.isDense, !layout.strides.contains(where: { $0 < 0 }) else { return nil }
        return (Layout(shape: layout.shape, strides: layout.strides), start)
    }

    static func computed(_ kernel: BinaryKernel, _ a: Tensor, _ b: Tensor, _ site: CallSite?) -> Tensor {
        let output = kernel.outputType(a.dtype)
        if a.layout.shape == b.layout.shape, !a.dtype.isHalf {
            if a.layout.isContiguous, b.layout.isContiguous {
                let result = Tensor(
                    uninitialized: Layout(shape: a.layout.shape, strides: a.layout.strides), output)
                kernels.runDense(kernel, a.start, b.start, result.base, a.count, a.dtype)
                return result
            }
            if a.layout.strides == b.layout.strides, let (layout, source) = a.dense {
                let result = Tensor(uninitialized: layout, output)
                kernels.runDense(kernel, source, b.start, result.base, a.count, a.dtype)
                return result
            }
        }
        if !a.dtype.isHalf {
            if let plan = BroadcastPlan(a.layout, b.layout) {
                return computed(kernel, a, b, isFirst: false, plan, output)
            }
            if let plan = BroadcastPlan(b.layout, a.layout) {
                return computed(kernel, b, a, isFirst: true, plan, output)
            }
        }
        guard let shape = Shape.broadcast(a.shape, b.shape) else { refuseBroadcast(kernel.name, a, b, site) }
        let result = Tensor(uninitialized: resultLayout(shape, [a, b]), output)
        kernels.run(
            kernel, a.broadcastOperand(shape), b.broadcastOperand(shape), into: result.operand,
            computing: a.dtype.computeType)
        return result
    }

    private static func computed(
        _ kernel: BinaryKernel, _ larger: Tensor, _ smaller: Tensor, isFirst: Bool, _ plan: BroadcastPlan,
        _ output: DType
    ) -> Tensor {
        let layout = Layout(shape: larger.layout.shape, strides: larger.layout.strides)
        let result = Tensor(uninitialized: layout, output)
        kernels.runBroadcast(
            kernel, larger.start, smaller.start, isFirst: isFirst, plan, result.base, larger.dtype)
        return result
    }

    static func refuseBroadcast(_ operation: String, _ a: Tensor, _ b: Tensor, _ site: CallSite?) -> Never {
        fail(operation, "shapes \(a.shape) and \(b.shape) do not broadcast together", at: site)
    }

    /// - Parameter number: in the tensor's compute type.
    static func computed(_ kernel: BinaryKernel, _ tensor: Tensor, _ number: WeakScalar, _ isFirst: Bool)
        -> Tensor
    {
        let output = kernel.outputType(tensor.dtype)
        if !tensor.dtype.isHalf, let (layout, source) = tensor.dense {
            let result = Tensor(uninitialized: layout, output)
            number.withPointer {
                kernels.runDense(
                    kernel, source, number: $0, isFirst: isFirst, result.base, tensor.count, tensor.dtype)
            }
            return result
        }
        let layout = tensor.layout.isDense ? tensor.layout.rebased : Layout(contiguous: tensor.shape)
        let result = Tensor(uninitialized: layout, output)
        number.withPointer {
            kernels.run(
                kernel, tensor.operand, number: $0, isFirst: isFirst, into: result.operand,
                computing: tensor.dtype.computeType)
        }
        return result
    }

    /// The values of a ternary kernel for elements of one type, after broadcasting.
    static func computed(
        _ kernel: TernaryKernel, _ a: Tensor, _ b: Tensor, _ c: Tensor, at site: CallSite? = nil
    ) -> Tensor {
        if !kernel.supports(a.dtype) { refuse(kernel.name, a.dtype, site) }
        guard let ab = Shape.broadcast(a.shape, b.shape), let shape = Shape.broadcast(ab, c.shape) else {
            fail(
                kernel.name, "shapes \(a.shape), \(b.shape) and \(c.shape) do not broadcast together",
                at: site)
        }
        let result = Tensor(uninitialized: resultLayout(shape, [a, b, c]), kernel.outputType(a.dtype))
        kernels.run(
            kernel, a.broadcastOperand(shape), b.broadcastOperand(shape), c.broadcastOperand(shape),
            into: result.operand,
            computing: a.dtype.computeType)
        return result
    }

    /// A ternary kernel that is linear in its first input, as gradients are, and has no gradient in the
    /// others.
    static func linearInFirst(_ kernel: TernaryKernel, _ a: Tensor, _ b: Tensor, _ c: Tensor) -> Tensor {
        apply(LinearInFirst(kernel: kernel), to: [a, b.detach(), c.detach()], at: nil)
    }

    func broadcastOperand(_ shape: Shape) -> Operand {
        Operand(base, dtype, layout.broadcast(to: shape))
    }

    /// The memory order of a result: the first full-sized dense input's, else row-major.
    static func resultLayout(_ shape: Shape, _ inputs: [Tensor]) -> Layout {
        for input in inputs where input.shape == shape && input.layout.isDense { return input.layout.rebased }
        return Layout(contiguous: shape)
    }
}
