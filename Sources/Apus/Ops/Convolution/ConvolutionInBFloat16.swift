import ApusKernelCalls

// Convolutions of bfloat16 tensors as they are. nil says that the device converts them to float32, always or for this shape.

extension Convolution {
    func bfloat16Value(of inputs: [Tensor]) -> Tensor? {
        guard
            let (x, weight) = shape.bfloat16Operands(inputs[0].withChannelsLast, inputs[1].detachedContiguous)
        else { return nil }
        let bias = hasBias ? inputs[2].detachedContiguous() : nil
        let result = Tensor(
            uninitialized: Layout(channelsLast: [shape.batch, shape.outputs] + shape.output), .bfloat16)
        defer { withExtendedLifetime((x, weight, bias)) {} }
        let isDone = kernels.bfloat16Convolution(
            shape, x: x.start, w: weight.start, bias: bias.map { UnsafeRawPointer($0.start) },
            into: result.base)
        if !isDone { return nil }
        return activation.finish(activation == .relu ? result.computed(Kernels.relu) : result)
    }
}

extension ConvolutionInputGradient {
    func bfloat16Value(of inputs: [Tensor]) -> Tensor? {
        guard
            let (gradient, weight) = shape.bfloat16Operands(
                inputs[0].withChannelsLast, inputs[1].detachedContiguous)
        else { return nil }
        let result = Tensor(
            uninitialized: Layout(channelsLast: [shape.batch, shape.inputs] + shape.input), .bfloat16)
        defer { withExtendedLifetime((gradient, weight)) {} }
        let isDone = kernels.bfloat16ConvolutionInputGradient(
            shape, gradient: gradient.start, w: weight.start, into: result.base)
        return isDone ? result : nil
    }
}

extension ConvolutionWeightGradient {
    func bfloat16Value(of inputs: [Tensor]) -> Tensor? {
        guard
            let (x, gradient) = shape.bfloat16Operands(
                inputs[0].withChannelsLast, inputs[1].withChannelsLast)
        else { return nil }
        let result = Tensor(uninitialized: shape.weight, .bfloat16)
        defer { withExtendedLifetime((x, gradient)) {} }
        let isDone = kernels.bfloat16ConvolutionWeightGradient(
            shape, x: x.start, gradient: gradient.start, into: result.base)
        return isDone ? result : nil
    }
}

extension ConvolutionShape {
    /// Both operands in the order that kernels read, where the device takes bfloat16 and there is something to compute.
    fileprivate func bfloat16Operands(_ a: () -> Tensor, _ b: () -> Tensor) -> (Tensor, Tensor)? {
        kernels.convolvesBFloat16 && inputCount > 0 && outputCount > 0 ? (a(), b()) : nil
    }
}
