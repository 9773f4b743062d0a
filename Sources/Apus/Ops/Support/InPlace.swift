import ApusKernels

extension Tensor {
    /// `a += b` and its kin: in place where nobody else looks and nothing is recorded.
    ///
    /// Under `withoutGradient` a leaf stays the leaf it was, as optimizers need.
    mutating func update(_ kernel: BinaryKernel, _ other: Tensor, or functional: (Tensor, Tensor) -> Tensor) {
        let recorded = (node != nil || other.node != nil) && GradientMode.current == .recording
        let common = Tensor.promotedType(self, other)
        if recorded || common != dtype || kernel.outputType(dtype) != dtype
            || Shape.broadcast(shape, other.shape) != shape
        {
            let result = functional(self, other)
            if result.shape != shape {
                fail(
                    kernel.name, "a tensor of shape \(shape) cannot hold the result's shape, \(result.shape)")
            }
            if result.dtype.kind > dtype.kind {
                fail(kernel.name, "a \(dtype) tensor cannot hold the result's \(result.dtype) elements")
            }
            let leaf = keptLeaf
            self = result.to(dtype)
            if !recorded { node = leaf }
            return
        }
        let leaf = keptLeaf
        let source = other.to(dtype)
        makeWritable()
        if layout.isContiguous, source.layout.isContiguous, source.shape == shape, !dtype.isHalf {
            kernel.runDense(start, source.start, start, count, dtype)
        } else {
            kernel.run(operand, source.broadcastOperand(shape), into: operand, computing: dtype.computeType)
        }
        node = leaf
        NaNCheck.inspect(kernel.name, self)
    }

    private var keptLeaf: Node? { node?.isLeaf == true ? node : nil }
}
