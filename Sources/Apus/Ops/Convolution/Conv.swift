import ApusKernelCalls

/// y = x ∗ w + b, and max(0, ·) of that where asked for; x, w and, where there is one, b are the inputs.
///
/// The gradients of x and w are operations of their own: `ConvolutionInputGradient`, which is the transposed convolution,
/// and `ConvolutionWeightGradient`. All three are linear in both their operands, and the gradients of each are the other
/// two: so they can be differentiated as often as one likes.
struct Convolution: SingleResult {
    var name = "convolution"
    let shape: ConvolutionShape
    var hasBias = false
    var activation = FusedActivation.none
    var types: TypeRule { .convolution }

    func value(of inputs: [Tensor]) -> Tensor {
        if inputs[0].dtype == .bfloat16, let result = bfloat16Value(of: inputs) { return result }
        let (x, weight) = (inputs[0].channelsLast(), inputs[1].rowMajor())
        let bias = hasBias ? inputs[2].rowMajor() : nil
        let relu = activation == .relu
        let result = Tensor(
            uninitialized: Layout(channelsLast: [shape.batch, shape.outputs] + shape.output), x.dtype)
        if shape.outputCount == 0 { return result.converted(to: inputs[0].dtype) }
        let shift = bias.map { UnsafeRawPointer($0.start) }
        switch x.dtype {
        case .float32:
            kernels.convolution(
                shape, x: x.start, w: weight.start, bias: shift, relu: relu, into: result.base)
        case .complex64:
            kernels.complexConvolution(shape, x: x.start, w: weight.start, bias: shift, into: result.base)
        default:
            ConvolutionByProducts(shape, x.dtype).forward(x, weight, bias, into: result)
            if relu { kernels.runDense(Kernels.relu, result.base, result.base, result.count, result.dtype) }
        }
        activation.finishInPlace(result)
        withExtendedLifetime((x, weight, bias)) {}
        return result.converted(to: inputs[0].dtype)
    }

    func saved(for needs: [Bool]) -> Saved {
        switch activation {
        case .none: .otherOperands(needs)
        case .relu: [.otherOperands(needs), .output]
        default: .inputs
        }
    }

    func gradients(_ backward: Backward) -> [Tensor?] {
        var gradient = backward.gradient
        if activation == .relu {
            gradient = Tensor.elementwise(ReLUGradient(), gradient, backward.output.detach())
        } else if activation != .none {
            gradient = activation.gradient(gradient, at: valueBeforeActivation(backward))
        }
        let toInput =
            backward.needs[0]
            ? Tensor.apply(
                ConvolutionInputGradient(shape: shape),
                to: [gradient, backward.input(1).conjugate()], at: nil) : nil
        return [toInput] + parameterGradients(backward, gradient)
    }

    /// x ∗ w + b, computed again: only graphs for inference have a convolution apply such an activation.
    private func valueBeforeActivation(_ backward: Backward) -> Tensor {
        var plain = self
        plain.activation = .none
        return Tensor.apply(plain, to: (0..<(hasBias ? 3 : 2)).map(backward.input), at: nil)
    }

    /// The gradients of w and b from that of x ∗ w + b.
    private func parameterGradients(_ backward: Backward, _ gradient: Tensor) -> [Tensor?] {
        let needsBias = hasBias && backward.needs[2]
        if backward.needs[1] && needsBias && ConvolutionParameterGradients.exist(shape, gradient.dtype) {
            return Tensor.applyAll(
                ConvolutionParameterGradients(shape: shape), to: [backward.input(0), gradient], at: nil)
        }
        let toWeight =
            backward.needs[1]
            ? Tensor.apply(
                ConvolutionWeightGradient(shape: shape, conjugates: true),
                to: [backward.input(0), gradient], at: nil) : nil
        if !hasBias { return [toWeight] }
        return [toWeight, needsBias ? gradient.sum(axes: gradient.allAxes.filter { $0 != 1 }) : nil]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { shape.reach }
    func multiplyAdds(inputs: [Shape], result: Shape) -> Int { shape.multiplyAdds }
}

extension Convolution: ActivatedPrimitive, ScalablePrimitive {
    func with(activation: FusedActivation, of dtype: DType) -> (any ActivatedPrimitive)? {
        dtype.isComplex
            ? nil : Convolution(name: name, shape: shape, hasBias: hasBias, activation: activation)
    }

    func channelAxis(_ result: Shape) -> Int { 1 }

    func scaled(_ weight: Tensor, by scale: Tensor) -> Tensor {
        weight * scale.reshape([-1] + weight.shape.dropFirst().map { _ in 1 })
    }

    func withBias() -> (any ScalablePrimitive)? {
        Convolution(name: name, shape: shape, hasBias: true, activation: activation)
    }
}

extension Tensor {
    /// Convolution along one axis, as deep learning calls it: cross-correlation, y[o] = Σ x[o·s + k·d − p]·w[k].
    /// `trueConv1d` flips the kernel.
    ///
    /// - Parameters:
    ///   - weight: [outputs, inputs / groups, kernel]; this tensor is [batch, inputs, length], or without batch.
    ///   - bias: [outputs], or nil.
    ///   - padding: positions beyond the edges, of zeros unless `paddingMode` says otherwise.
    ///   - groups: independent groups of channels; as many as inputs is a depthwise convolution.
    ///   - activation: what is applied to the result, as part of the operation; real types only.
    /// - Returns: [batch, outputs, ⌊(length + padding − d(kernel − 1) − 1) / s⌋ + 1].
    public func conv1d(
        _ weight: Tensor, bias: Tensor? = nil, stride: Extents = 1, padding: ConvolutionPadding = 0,
        dilation: Extents = 1, groups: Int = 1, paddingMode: PadMode = .constant(0),
        activation: FusedActivation = .none,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        convolution(
            "conv1d", axes: 1, weight, bias: bias,
            ConvolutionOptions(
                stride: stride, padding: padding, dilation: dilation, groups: groups,
                paddingMode: paddingMode, activation: activation),
            at: CallSite(file: file, line: line))
    }

    /// Convolution (cross-correlation) of planes: weight [outputs, inputs / groups, height, width] on an input
    /// [batch, inputs, height, width], or without batch. See `conv1d`.
    public func conv2d(
        _ weight: Tensor, bias: Tensor? = nil, stride: Extents = 1, padding: ConvolutionPadding = 0,
        dilation: Extents = 1, groups: Int = 1, paddingMode: PadMode = .constant(0),
        activation: FusedActivation = .none,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        convolution(
            "conv2d", axes: 2, weight, bias: bias,
            ConvolutionOptions(
                stride: stride, padding: padding, dilation: dilation, groups: groups,
                paddingMode: paddingMode, activation: activation),
            at: CallSite(file: file, line: line))
    }

    /// Convolution (cross-correlation) of volumes: weight [outputs, inputs / groups, depth, height, width] on an
    /// input [batch, inputs, depth, height, width], or without batch. See `conv1d`.
    public func conv3d(
        _ weight: Tensor, bias: Tensor? = nil, stride: Extents = 1, padding: ConvolutionPadding = 0,
        dilation: Extents = 1, groups: Int = 1, paddingMode: PadMode = .constant(0),
        activation: FusedActivation = .none,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        convolution(
            "conv3d", axes: 3, weight, bias: bias,
            ConvolutionOptions(
                stride: stride, padding: padding, dilation: dilation, groups: groups,
                paddingMode: paddingMode, activation: activation),
            at: CallSite(file: file, line: line))
    }

    /// The convolution of one to three axes that the functions above and the layers call.
    package func convolution(
        _ operation: String, axes: Int, _ weight: Tensor, bias: Tensor?,
        _ options: ConvolutionOptions = ConvolutionOptions(), at site: CallSite?
    ) -> Tensor {
        let operands = ConvolutionOperands(operation, axes: axes, self, weight, bias, at: site)
        var x = operands.x
        let (weight, bias, groups) = (operands.weight, operands.bias, options.groups)
        let stride = options.stride.resolved(axes, minimum: 1, operation, "stride", at: site)
        let dilation = options.dilation.resolved(axes, minimum: 1, operation, "dilation", at: site)
        let (inputs, outputs) = (x.shape[1], weight.shape[0])
        if groups < 1 || inputs % groups != 0 || outputs % groups != 0 || weight.shape[1] != inputs / groups {
            fail(
                operation,
                "an input of shape \(shape) has \(inputs) channels and a weight of shape \(weight.shape) takes "
                    + "\(weight.shape[1]) in each of \(groups) groups and gives \(outputs); the weight's shape should be "
                    + "[outputs, inputs / groups, kernel…], with both numbers divisible by groups", at: site)
        }
        operands.checkBias(outputs)
        let kernel = Array(weight.shape[2...])
        let span = kernel.indices.map { dilation[$0] * (kernel[$0] - 1) + 1 }
        var pairs = options.padding.resolved(
            Array(x.shape[2...]), span: span, stride: stride, operation, site)
        if case .constant(0) = options.paddingMode {
        } else if pairs.contains(where: { $0 != (0, 0) }) {
            x = x.padded(pairs, mode: options.paddingMode, operation, site)
            pairs = pairs.map { _ in (0, 0) }
        }
        let input = Array(x.shape[2...])
        let reach = input.indices.map { input[$0] + pairs[$0].before + pairs[$0].after }
        for axis in input.indices where reach[axis] < span[axis] {
            fail(
                operation,
                "a kernel of \(kernel) with dilation \(dilation) spans \(span), more than the padded input's \(reach) "
                    + "(input of shape \(shape), weight of shape \(weight.shape))", at: site)
        }
        let sizes = ConvolutionShape(
            batch: x.shape[0], inputs: inputs, outputs: outputs, groups: groups, input: input,
            output: input.indices.map { (reach[$0] - span[$0]) / stride[$0] + 1 }, kernel: kernel,
            stride: stride, dilation: dilation, before: pairs.map(\.before), after: pairs.map(\.after))
        ([sizes.batch, outputs] + sizes.output).checkMemory(x.dtype, operation, site)
        options.activation.refuseComplex(x.dtype, operation, site)
        // The gradient of the weights will read x again: it is brought into the order that both need once.
        if x.node == nil && weight.isRecorded && !x.dtype.isHalf { x = x.inChannelsLast() }
        let isFused = options.activation == .relu
        let convolution = Convolution(
            name: operation, shape: sizes, hasBias: bias != nil, activation: isFused ? .relu : .none)
        let result = operands.finish(
            Tensor.apply(convolution, to: bias.map { [x, weight, $0] } ?? [x, weight], at: site))
        return isFused ? result : options.activation(result)
    }
}

extension Operation {
    static let conv = Operation(
        "conv",
        [
            Sample("F.conv1d(x, y, z)", [Input([2, 3, 7]), Input([4, 3, 3]), Input([4])]) {
                $0[0].conv1d($0[1], bias: $0[2])
            },
            Sample(
                "F.conv1d(x, y, None, 2, 3, 2, 3)", [Input([1, 6, 9]), Input([3, 2, 4])]
            ) { $0[0].conv1d($0[1], stride: 2, padding: 3, dilation: 2, groups: 3) },
            Sample("F.conv2d(x, y, z)", [Input([2, 3, 5, 6]), Input([4, 3, 3, 2]), Input([4])]) {
                $0[0].conv2d($0[1], bias: $0[2])
            },
            Sample("F.conv2d(x, y, z, 1, 1)", [Input([2, 3, 4, 4]), Input([5, 3, 3, 3]), Input([5])]) {
                $0[0].conv2d($0[1], bias: $0[2], padding: 1)
            },
            Sample("F.conv2d(x, y)", [Input([2, 3, 4, 4]), Input([5, 3, 1, 1])]) { $0[0].conv2d($0[1]) },
            Sample("F.conv2d(x, y, None, (2, 1), (0, 2))", [Input([3, 7, 5]), Input([2, 3, 3, 3])]) {
                $0[0].conv2d($0[1], stride: [2, 1], padding: [0, 2])
            },
            Sample("F.conv2d(x, y, None, 1, 'same', 2)", [Input([1, 2, 6, 7]), Input([2, 2, 3, 2])]) {
                $0[0].conv2d($0[1], padding: .same, dilation: 2)
            },
            Sample(
                "F.conv2d(x, y, z, 2, 1, 1, 4)", [Input([2, 4, 6, 5]), Input([4, 1, 3, 3]), Input([4])]
            ) { $0[0].conv2d($0[1], bias: $0[2], stride: 2, padding: 1, groups: 4) },
            Sample("F.conv2d(x, y, None, 1, 1, 1, 2)", [Input([2, 4, 3, 5]), Input([6, 2, 2, 3])]) {
                $0[0].conv2d($0[1], padding: 1, groups: 2)
            },
            Sample(
                "F.conv2d(F.pad(x, (1, 1, 2, 2), mode='reflect'), y)",
                [Input([1, 2, 4, 5]), Input([2, 2, 3, 3])]
            ) { $0[0].conv2d($0[1], padding: [2, 1], paddingMode: .reflect) },
            Sample(
                "F.conv3d(x, y, z, 1, (1, 0, 1))",
                [Input([1, 2, 3, 4, 5]), Input([3, 2, 2, 3, 2]), Input([3])]
            ) { $0[0].conv3d($0[1], bias: $0[2], padding: [1, 0, 1]) },
            Sample("F.conv3d(x, y, None, 2, 1, 1, 2)", [Input([2, 2, 4, 4, 3]), Input([4, 1, 2, 2, 2])]) {
                $0[0].conv3d($0[1], stride: 2, padding: 1, groups: 2)
            },
        ])
}
