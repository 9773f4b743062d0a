import ApusKernelCalls

/// Σ x·g over the positions of an input x and of a result, or where it `conjugates` Σ x*·g: the gradient of a convolution's
/// weights from its input and the gradient g of its result.
struct ConvolutionWeightGradient: SingleResult {
    let name = "convolutionWeightGradient"
    let shape: ConvolutionShape
    let conjugates: Bool

    func value(of inputs: [Tensor]) -> Tensor {
        if inputs[0].dtype == .bfloat16, let result = bfloat16Value(of: inputs) { return result }
        let (x, gradient) = (inputs[0].channelsLast(), inputs[1].channelsLast())
        let result = Tensor(uninitialized: shape.weight, x.dtype)
        if shape.outputCount == 0 || shape.inputCount == 0 {
            kernels.clear(result.base, byteCount: result.count * result.dtype.size)
            return result.converted(to: inputs[0].dtype)
        }
        switch x.dtype {
        case .float32:
            kernels.convolutionWeightGradient(
                shape, x: x.start, gradient: gradient.start, into: result.base, bias: nil)
        case .complex64:
            kernels.complexConvolutionWeightGradient(
                shape, x: x.start, gradient: gradient.start, conjugates: conjugates, into: result.base)
        default:
            let x = conjugates && x.dtype.isComplex ? x.computed(Kernels.conjugate).channelsLast() : x
            ConvolutionByProducts(shape, x.dtype).weightGradient(x, gradient, into: result)
        }
        withExtendedLifetime((x, gradient)) {}
        return result.converted(to: inputs[0].dtype)
    }

    func saved(for needs: [Bool]) -> Saved { .otherOperands(needs) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let weight = backward.gradient
        var (toInput, toGradient): (Tensor?, Tensor?)
        if backward.needs[0] {
            let gradient = backward.input(1)
            toInput = Tensor.apply(
                ConvolutionInputGradient(shape: shape),
                to: conjugates ? [gradient, weight.conjugate()] : [gradient.conjugate(), weight], at: nil)
        }
        if backward.needs[1] {
            let x = backward.input(0)
            toGradient = Tensor.apply(
                Convolution(shape: shape), to: [conjugates ? x : x.conjugate(), weight], at: nil)
        }
        return [toInput, toGradient]
    }

    func multiplyAdds(inputs: [Shape], result: Shape) -> Int { shape.multiplyAdds }
}

/// The gradients of a convolution's weights and of its biases from one pass over its input and the gradient of its
/// result.
struct ConvolutionParameterGradients: Primitive {
    let name = "convolutionParameterGradients"
    let shape: ConvolutionShape

    /// Whether there is such a pass.
    static func exist(_ shape: ConvolutionShape, _ dtype: DType) -> Bool {
        dtype == .float32 && shape.outputCount > 0 && shape.inputCount > 0
            && kernels.includesBiasGradient(shape)
    }

    private var ofWeights: ConvolutionWeightGradient {
        ConvolutionWeightGradient(shape: shape, conjugates: true)
    }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let (x, gradient) = (inputs[0].channelsLast(), inputs[1].channelsLast())
        let weight = Tensor(uninitialized: shape.weight, .float32)
        let bias = Tensor(uninitialized: [shape.outputs], .float32)
        kernels.convolutionWeightGradient(
            shape, x: x.start, gradient: gradient.start, into: weight.base, bias: bias.base)
        withExtendedLifetime((x, gradient)) {}
        return [weight, bias]
    }

    func saved(for needs: [Bool]) -> Saved { ofWeights.saved(for: needs) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        if backward.index == 0 { return ofWeights.gradients(backward) }
        if !backward.needs[1] { return [nil, nil] }
        let column = [shape.outputs] + shape.output.map { _ in 1 }
        return [nil, backward.gradient.reshape(column).broadcast(to: backward.shape(1))]
    }

    func multiplyAdds(inputs: [Shape], result: Shape) -> Int { shape.multiplyAdds }
}

extension ConvolutionShape {
    /// The weights' shape.
    var weight: Shape { [outputs, inputs / groups] + kernel }
}
