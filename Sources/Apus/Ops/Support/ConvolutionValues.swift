import ApusKernels

// A convolution and its two gradients: each is linear in both its operands, and the gradients of each are the
// other two. So all of them can be differentiated as often as one likes.

extension Tensor {
    /// The convolution of `x` with `weight`, sizes checked, and ReLU of it where asked for.
    static func convolved(
        _ operation: String, _ shape: ConvolutionShape, _ x: Tensor, _ weight: Tensor, bias: Tensor? = nil,
        relu: Bool = false
    ) -> Tensor {
        // A network's input is kept as it was reordered, so that the weights' gradient need not do it again.
        let isKeptReordered = x.node == nil && x.dtype.computeType == x.dtype
        let x = isKeptReordered ? x.channelsLast() : x
        let result = convolutionValues(shape, x, weight, bias, relu)
        let recorded = record(
            operation, result, bias.map { [x, weight, $0] } ?? [x, weight], savesOutput: relu
        ) { backward in
            var gradient = backward.gradient
            if relu { gradient = elementwise(.reluGradient, gradient, backward.output.detach()) }
            let toInput =
                backward.needs[0] ? convolvedBack(operation, shape, gradient, weight.conjugate()) : nil
            if backward.needs.count == 3 && backward.needs[1] && backward.needs[2],
                let (toWeight, toBias) = bothGradients(operation, shape, x, gradient)
            {
                return [toInput, toWeight, toBias]
            }
            let toWeight =
                backward.needs[1] ? convolutionWeights(operation, shape, x, gradient, conjugates: true) : nil
            if backward.needs.count == 2 { return [toInput, toWeight] }
            let axes = gradient.shape.indices.filter { $0 != 1 }
            return [toInput, toWeight, backward.needs[2] ? gradient.sum(axes: axes) : nil]
        }
        recorded.node?.reach = { shape.reach }
        return recorded
    }

    /// What `convolved` does to gradients of its result: the transposed convolution.
    static func convolvedBack(
        _ operation: String, _ shape: ConvolutionShape, _ gradient: Tensor, _ weight: Tensor
    ) -> Tensor {
        let result = convolutionInputValues(shape, gradient, weight)
        let recorded = record(operation, result, [gradient, weight]) { backward in
            let input = backward.gradient
            return [
                backward.needs[0] ? convolved(operation, shape, input, weight.conjugate()) : nil,
                backward.needs[1] ? convolutionWeights(operation, shape, input, gradient.conjugate()) : nil,
            ]
        }
        recorded.node?.reach = { shape.transposedReach }
        return recorded
    }

    /// Σ x·g over the places of an input and of a result, or where `conjugates` Σ x*·g: the gradient of a
    /// convolution's weights, from its input and the gradient of its result.
    static func convolutionWeights(
        _ operation: String, _ shape: ConvolutionShape, _ x: Tensor, _ gradient: Tensor,
        conjugates: Bool = false
    ) -> Tensor {
        let result = convolutionWeightValues(shape, x, gradient, conjugates)
        return record(operation, result, [x, gradient]) { backward in
            let weight = backward.gradient
            let (back, input) =
                conjugates
                ? (weight.conjugate(), x) : (weight, backward.needs[1] ? x.conjugate() : x)
            return [
                backward.needs[0]
                    ? convolvedBack(operation, shape, conjugates ? gradient : gradient.conjugate(), back)
                    : nil,
                backward.needs[1] ? convolved(operation, shape, input, weight) : nil,
            ]
        }
    }

    /// The gradients of a convolution's weights and biases from one pass; nil where there is no such code, and where
    /// the gradients will be differentiated in turn.
    private static func bothGradients(
        _ operation: String, _ shape: ConvolutionShape, _ x: Tensor, _ gradient: Tensor
    ) -> (weight: Tensor, bias: Tensor)? {
        guard GradientMode.current != .recording, x.dtype == .float32, shape.outputCount > 0,
            shape.inputCount > 0, ConvolutionKernels.includesBiasGradient(shape)
        else { return nil }
        let (x, gradient) = (x.channelsLast(), gradient.channelsLast())
        let weight = Tensor(
            uninitialized: [shape.outputs, shape.inputs / shape.groups] + shape.kernel, .float32)
        let bias = Tensor(uninitialized: [shape.outputs], .float32)
        let isDone = ConvolutionKernels.weightGradient(
            shape, x: x.start, gradient: gradient.start, into: weight.base, bias: bias.base)
        withExtendedLifetime((x, gradient)) {}
        if !isDone { return nil }
        NaNCheck.inspect(operation, weight)
        NaNCheck.inspect(operation, bias)
        return (weight, bias)
    }

    // MARK: Values

    private static func convolutionValues(
        _ shape: ConvolutionShape, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, _ relu: Bool
    ) -> Tensor {
        let (x, weight, bias, dtype) = (x.channelsLast(), weight.rowMajor(), bias?.rowMajor(), x.dtype)
        let result = Tensor(
            uninitialized: Layout(channelsLast: [shape.batch, shape.outputs] + shape.output), x.dtype)
        if shape.outputCount == 0 { return result.converted(to: dtype) }
        let shift = bias.map { UnsafeRawPointer($0.start) }
        let isDone =
            switch x.dtype {
            case .float32:
                ConvolutionKernels.forward(
                    shape, x: x.start, w: weight.start, bias: shift, relu: relu, into: result.base)
            case .complex64:
                ConvolutionKernels.complexForward(
                    shape, x: x.start, w: weight.start, bias: shift, into: result.base)
            default: false
            }
        if !isDone {
            ConvolutionByProducts(shape, x.dtype).forward(x, weight, bias, into: result)
            if relu { Kernels.relu.runDense(result.base, result.base, result.count, result.dtype) }
        }
        withExtendedLifetime((x, weight, bias)) {}
        return result.converted(to: dtype)
    }

    private static func convolutionInputValues(
        _ shape: ConvolutionShape, _ gradient: Tensor, _ weight: Tensor
    ) -> Tensor {
        let (gradient, weight, dtype) = (gradient.channelsLast(), weight.rowMajor(), gradient.dtype)
        let result = Tensor(
            uninitialized: Layout(channelsLast: [shape.batch, shape.inputs] + shape.input), gradient.dtype)
        if shape.inputCount == 0 { return result.converted(to: dtype) }
        let isDone =
            switch gradient.dtype {
            case _ where shape.outputCount == 0: false
            case .float32:
                ConvolutionKernels.inputGradient(
                    shape, gradient: gradient.start, w: weight.start, into: result.base)
            case .complex64:
                ConvolutionKernels.complexInputGradient(
                    shape, gradient: gradient.start, w: weight.start, into: result.base)
            default: false
            }
        if !isDone {
            ConvolutionByProducts(shape, gradient.dtype).inputGradient(gradient, weight, into: result)
        }
        withExtendedLifetime((gradient, weight)) {}
        return result.converted(to: dtype)
    }

    private static func convolutionWeightValues(
        _ shape: ConvolutionShape, _ x: Tensor, _ gradient: Tensor, _ conjugates: Bool
    ) -> Tensor {
        let (x, gradient, dtype) = (x.channelsLast(), gradient.channelsLast(), x.dtype)
        let result = Tensor(
            uninitialized: [shape.outputs, shape.inputs / shape.groups] + shape.kernel, x.dtype)
        if shape.outputCount == 0 || shape.inputCount == 0 {
            result.base.initializeMemory(
                as: UInt8.self, repeating: 0, count: result.count * result.dtype.size)
            return result.converted(to: dtype)
        }
        let isDone =
            switch x.dtype {
            case .float32:
                ConvolutionKernels.weightGradient(
                    shape, x: x.start, gradient: gradient.start, into: result.base)
            case .complex64:
                ConvolutionKernels.complexWeightGradient(
                    shape, x: x.start, gradient: gradient.start, conjugates: conjugates, into: result.base)
            default: false
            }
        if !isDone {
            let x = conjugates ? withoutGradient { x.detach().conjugate() }.channelsLast() : x
            ConvolutionByProducts(shape, x.dtype).weightGradient(x, gradient, into: result)
        }
        withExtendedLifetime((x, gradient)) {}
        return result.converted(to: dtype)
    }
}
