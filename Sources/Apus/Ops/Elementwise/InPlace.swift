import ApusKernelCalls

extension Tensor {
    /// `a += b` and the like: in place, unless the memory is shared or a gradient is recorded.
    ///
    /// What does not fill its memory is replaced by a new result, whose order in memory is then that of `b`: a broadcast
    /// gradient to which one with channels last is added would become row-major.
    /// Under `withoutGradient` a leaf stays the leaf it was, as optimizers need.
    mutating func update(_ rule: any BinaryPrimitive, _ other: Tensor) {
        let kernel = type(of: rule).kernel
        let recorded = (node != nil || other.node != nil) && GradientMode.current == .recording
        if recorded || isObserved || !layout.isDense || other.device != device
            || !holds(rule, rule.types.type(self, other))
            || (shape != other.shape && Shape.broadcast(shape, other.shape) != shape)
        {
            replace(kernel.name, Tensor.elementwise(any: rule, self, other), recorded)
            return
        }
        let leaf = keptLeaf
        let source = other.dtype == dtype ? other : other.converted(to: dtype)
        makeWritable()
        if !dtype.isHalf, source.layout.shape == shape, source.layout.strides == layout.strides {
            kernels.runDense(kernel, start, source.start, start, count, dtype)
        } else if !dtype.isHalf, let plan = BroadcastPlan(layout, source.layout) {
            kernels.runBroadcast(kernel, start, source.start, isFirst: false, plan, start, dtype)
        } else {
            kernels.run(
                kernel, operand, source.broadcastOperand(shape), into: operand, computing: dtype.computeType)
        }
        node = leaf
    }

    mutating func update<S: TensorScalar>(_ rule: any BinaryPrimitive, _ other: S) {
        update(rule, WeakScalar(other))
    }

    private mutating func update(_ rule: any BinaryPrimitive, _ number: WeakScalar) {
        let kernel = type(of: rule).kernel
        let recorded = node != nil && GradientMode.current == .recording
        if recorded || isObserved || !layout.isDense || dtype.isHalf
            || !holds(rule, Tensor.commonType(rule, dtype, number))
        {
            replace(kernel.name, Tensor.elementwise(rule, self, number, isFirst: false), recorded)
            return
        }
        let leaf = keptLeaf
        let number = number.converted(to: dtype)
        makeWritable()
        number.withPointer { pointer in
            if let source = dense?.source {
                kernels.runDense(kernel, source, number: pointer, isFirst: false, source, count, dtype)
            } else {
                kernels.run(
                    kernel, operand, number: pointer, isFirst: false, into: operand, computing: dtype)
            }
        }
        node = leaf
    }

    /// Whether somebody looks at what the current task does with this tensor.
    private var isObserved: Bool { !Observers.areNoneHere || device != .cpu }

    /// Whether the operation's result with operands of type `common` has this tensor's own type.
    private func holds(_ rule: any BinaryPrimitive, _ common: DType) -> Bool {
        common == dtype && type(of: rule).kernel.supports(dtype)
            && type(of: rule).kernel.outputType(dtype) == dtype
    }

    private mutating func replace(_ operation: String, _ result: Tensor, _ recorded: Bool) {
        if result.shape != shape {
            fail(operation, "a tensor of shape \(shape) cannot hold the result's shape, \(result.shape)")
        }
        if !dtype.holdsKind(of: result.dtype) {
            fail(operation, "a \(dtype) tensor cannot hold the result's \(result.dtype) elements")
        }
        let leaf = keptLeaf
        self = result.to(dtype)
        if !recorded { node = leaf }
    }

    private var keptLeaf: Node? { node?.isLeaf == true ? node : nil }
}
