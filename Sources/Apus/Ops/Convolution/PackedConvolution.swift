extension Convolution: PackablePrimitive {
    func packed(_ inputs: [Tensor?], shapes: [Shape]) -> (primitive: any Primitive, kept: [Int])? {
        guard let weight = inputs[1], weight.dtype == .float32 else { return nil }
        let rows = weight.rowMajor()
        let packed = weight.onItsDevice { kernels.packed(shape, w: rows.start, hasBias: hasBias) }
        guard let packed else { return nil }
        return (ConvolutionOfPacked(convolution: self, weights: packed), hasBias ? [0, 2] : [0])
    }
}

/// A convolution that holds its weights in the order in which they are read; x and, where there is one, b are the
/// inputs. For inference: it has no gradient.
struct ConvolutionOfPacked: SingleResult {
    let convolution: Convolution
    let weights: any PackedWeights

    var name: String { convolution.name }
    var isDifferentiable: Bool { false }
    var attributes: [Attribute] { convolution.attributes }

    func value(of inputs: [Tensor]) -> Tensor {
        let (shape, x) = (convolution.shape, inputs[0].channelsLast())
        let bias = convolution.hasBias ? inputs[1].rowMajor() : nil
        let result = Tensor(
            uninitialized: Layout(channelsLast: [shape.batch, shape.outputs] + shape.output), x.dtype)
        kernels.convolution(
            packed: weights, x: x.start, bias: bias.map { UnsafeRawPointer($0.start) },
            relu: convolution.activation == .relu,
            into: result.base)
        convolution.activation.finishInPlace(result)
        withExtendedLifetime((x, bias)) {}
        return result
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { convolution.reach(inputs: inputs, result: result) }
    func multiplyAdds(inputs: [Shape], result: Shape) -> Int { convolution.shape.multiplyAdds }
}
