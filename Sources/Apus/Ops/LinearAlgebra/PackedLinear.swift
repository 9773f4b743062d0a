import ApusKernelCalls

extension Linear: PackablePrimitive {
    func packed(_ inputs: [Tensor?], shapes: [Shape]) -> (primitive: any Primitive, kept: [Int])? {
        guard let weight = inputs[1], weight.dtype == .float32, let x = shapes[0].last else { return nil }
        let rows = shapes[0].dropLast().reduce(1, *)
        // Few rows are a pass over the weights as they are.
        if rows < 32 { return nil }
        let shape = ConvolutionShape(
            batch: 1, inputs: x, outputs: weight.shape[0], groups: 1, input: [rows], output: [rows],
            kernel: [1], stride: [1], dilation: [1], before: [0], after: [0])
        let plain = weight.rowMajor()
        let packed = weight.onItsDevice { kernels.packed(shape, w: plain.start, hasBias: hasBias) }
        guard let packed else { return nil }
        return (
            LinearOfPacked(linear: self, rows: rows, weights: packed, outputs: shape.outputs),
            hasBias ? [0, 2] : [0]
        )
    }
}

/// An affine map that holds its weights in the order in which they are read, as a convolution of 1×1 does, for a certain
/// number of rows; x and, where there is one, b are the inputs. For inference: it has no gradient.
struct LinearOfPacked: SingleResult {
    let linear: Linear
    let rows: Int
    let weights: any PackedWeights
    let outputs: Int

    var name: String { linear.name }
    var isDifferentiable: Bool { false }
    var attributes: [Attribute] { linear.attributes }

    func value(of inputs: [Tensor]) -> Tensor {
        let x = inputs[0].rowMajor()
        let bias = linear.hasBias ? inputs[1].rowMajor() : nil
        let result = Tensor(uninitialized: Array(x.shape.dropLast()) + [outputs], x.dtype)
        kernels.convolution(
            packed: weights, x: x.start, bias: bias.map { UnsafeRawPointer($0.start) },
            relu: linear.activation == .relu, into: result.base)
        linear.activation.finishInPlace(result)
        withExtendedLifetime((x, bias)) {}
        return result
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .product }
    func multiplyAdds(inputs: [Shape], result: Shape) -> Int { rows * inputs[0].last! * outputs }
}
