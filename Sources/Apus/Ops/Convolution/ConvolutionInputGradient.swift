import ApusKernelCalls

/// The gradient of a convolution's input from that of its result and the weights: the transposed convolution.
struct ConvolutionInputGradient: SingleResult {
    var name = "convolutionInputGradient"
    let shape: ConvolutionShape
    var types: TypeRule { .convolution }

    func value(of inputs: [Tensor]) -> Tensor {
        if inputs[0].dtype == .bfloat16, let result = bfloat16Value(of: inputs) { return result }
        let (gradient, weight) = (inputs[0].channelsLast(), inputs[1].rowMajor())
        let result = Tensor(
            uninitialized: Layout(channelsLast: [shape.batch, shape.inputs] + shape.input), gradient.dtype)
        if shape.inputCount == 0 { return result.converted(to: inputs[0].dtype) }
        switch gradient.dtype {
        case .float32 where shape.outputCount > 0:
            kernels.convolutionInputGradient(
                shape, gradient: gradient.start, w: weight.start, into: result.base)
        case .complex64 where shape.outputCount > 0:
            kernels.complexConvolutionInputGradient(
                shape, gradient: gradient.start, w: weight.start, into: result.base)
        default:
            ConvolutionByProducts(shape, gradient.dtype).inputGradient(gradient, weight, into: result)
        }
        withExtendedLifetime((gradient, weight)) {}
        return result.converted(to: inputs[0].dtype)
    }

    func saved(for needs: [Bool]) -> Saved { .otherOperands(needs) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let input = backward.gradient
        return [
            backward.needs[0]
                ? Tensor.apply(
                    Convolution(shape: shape), to: [input, backward.input(1).conjugate()], at: nil) : nil,
            backward.needs[1]
                ? Tensor.apply(
                    ConvolutionWeightGradient(shape: shape, conjugates: false),
                    to: [input, backward.input(0).conjugate()], at: nil) : nil,
        ]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { shape.transposedReach }
    func multiplyAdds(inputs: [Shape], result: Shape) -> Int { shape.multiplyAdds }
}

extension ConvolutionInputGradient: ScalablePrimitive {
    func channelAxis(_ result: Shape) -> Int { 1 }

    /// Scales the result's channels. Axis 1 of the weight has those of one group: that of the input of axis 0.
    func scaled(_ weight: Tensor, by scale: Tensor) -> Tensor {
        let (whole, kernel) = (weight.shape, weight.shape.dropFirst(2).map { _ in 1 })
        let grouped = weight.reshape([shape.groups, whole[0] / shape.groups] + whole.dropFirst())
        return (grouped * scale.reshape([shape.groups, 1, whole[1]] + kernel)).reshape(whole)
    }

    var hasBias: Bool { false }
    func withBias() -> (any ScalablePrimitive)? { nil }
}

extension Saved {
    /// What is saved by an operation that is linear in both its operands: the gradient of each reads the other.
    static func otherOperands(_ needs: [Bool]) -> Saved {
        var saved: Saved = []
        if needs[0] { saved.insert(.input(1)) }
        if needs[1] { saved.insert(.input(0)) }
        return saved
    }
}
