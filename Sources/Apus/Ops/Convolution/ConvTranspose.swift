import ApusKernelCalls

// Its primitive is the gradient of a convolution's input, in ConvolutionInputGradient.swift.

extension Tensor {
    /// Transposed convolution along one axis: the map from a gradient of the result of `conv1d` to that of its input.
    ///
    /// - Parameters:
    ///   - weight: [inputs, outputs / groups, kernel]; this tensor is [batch, inputs, length], or without batch.
    ///   - bias: [outputs], or nil.
    ///   - padding: positions taken away from both ends.
    ///   - outputPadding: positions added to the end, less than the stride or the dilation: `conv1d` maps several
    ///     lengths to the same one, and this chooses among them.
    /// - Returns: [batch, outputs, (length − 1)·s − 2·padding + d(kernel − 1) + outputPadding + 1].
    public func convTranspose1d(
        _ weight: Tensor, bias: Tensor? = nil, stride: Extents = 1, padding: Extents = 0,
        outputPadding: Extents = 0, dilation: Extents = 1, groups: Int = 1, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        convolutionTransposed(
            "convTranspose1d", axes: 1, weight, bias: bias,
            TransposedConvolutionOptions(
                stride: stride, padding: padding, outputPadding: outputPadding, dilation: dilation,
                groups: groups),
            at: CallSite(file: file, line: line))
    }

    /// Transposed convolution of planes: weight [inputs, outputs / groups, height, width]. See `convTranspose1d`.
    public func convTranspose2d(
        _ weight: Tensor, bias: Tensor? = nil, stride: Extents = 1, padding: Extents = 0,
        outputPadding: Extents = 0, dilation: Extents = 1, groups: Int = 1, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        convolutionTransposed(
            "convTranspose2d", axes: 2, weight, bias: bias,
            TransposedConvolutionOptions(
                stride: stride, padding: padding, outputPadding: outputPadding, dilation: dilation,
                groups: groups),
            at: CallSite(file: file, line: line))
    }

    /// Transposed convolution of volumes: weight [inputs, outputs / groups, depth, height, width]. See
    /// `convTranspose1d`.
    public func convTranspose3d(
        _ weight: Tensor, bias: Tensor? = nil, stride: Extents = 1, padding: Extents = 0,
        outputPadding: Extents = 0, dilation: Extents = 1, groups: Int = 1, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        convolutionTransposed(
            "convTranspose3d", axes: 3, weight, bias: bias,
            TransposedConvolutionOptions(
                stride: stride, padding: padding, outputPadding: outputPadding, dilation: dilation,
                groups: groups),
            at: CallSite(file: file, line: line))
    }

    package func convolutionTransposed(
        _ operation: String, axes: Int, _ weight: Tensor, bias: Tensor?,
        _ options: TransposedConvolutionOptions, at site: CallSite?
    ) -> Tensor {
        let operands = ConvolutionOperands(operation, axes: axes, self, weight, bias, at: site)
        let (x, weight, groups) = (operands.x, operands.weight, options.groups)
        let stride = options.stride.resolved(axes, minimum: 1, operation, "stride", at: site)
        let dilation = options.dilation.resolved(axes, minimum: 1, operation, "dilation", at: site)
        let padding = options.padding.resolved(axes, minimum: 0, operation, "padding", at: site)
        let extra = options.outputPadding.resolved(axes, minimum: 0, operation, "outputPadding", at: site)
        let inputs = x.shape[1]
        if groups < 1 || inputs % groups != 0 || weight.shape[0] != inputs {
            fail(
                operation,
                "an input of shape \(shape) has \(inputs) channels in \(groups) groups, and a weight of shape "
                    + "\(weight.shape) takes \(weight.shape[0]); the weight's shape should be "
                    + "[inputs, outputs / groups, kernel…], with inputs divisible by groups", at: site)
        }
        let outputs = weight.shape[1] * groups
        operands.checkBias(outputs)
        let (length, kernel) = (Array(x.shape[2...]), Array(weight.shape[2...]))
        var (output, after) = ([Int](), [Int]())
        for axis in 0..<axes {
            if extra[axis] >= Swift.max(stride[axis], dilation[axis]) {
                fail(
                    operation,
                    "an outputPadding of \(extra) is not below the stride \(stride) or the dilation \(dilation)",
                    at: site)
            }
            let span = dilation[axis] * (kernel[axis] - 1) + 1
            let extent = (length[axis] - 1) * stride[axis] + span + extra[axis] - 2 * padding[axis]
            if extent < 1 {
                fail(
                    operation,
                    "an input of shape \(shape) and a weight of shape \(weight.shape) with stride \(stride), padding "
                        + "\(padding) and dilation \(dilation) leave an extent of \(extent)", at: site)
            }
            output.append(extent)
            // Whole strides that outputPadding adds must not be reached by the convolution back.
            after.append(padding[axis] - extra[axis] / stride[axis] * stride[axis])
        }
        let sizes = ConvolutionShape(
            batch: x.shape[0], inputs: outputs, outputs: inputs, groups: groups, input: output,
            output: length,
            kernel: kernel, stride: stride, dilation: dilation, before: padding, after: after)
        ([sizes.batch, outputs] + output).checkMemory(x.dtype, operation, site)
        var result = Tensor.apply(
            ConvolutionInputGradient(name: operation, shape: sizes), to: [x, weight], at: site)
        if let bias = operands.bias { result = result + bias.reshape([outputs] + length.map { _ in 1 }) }
        return operands.finish(result)
    }
}

extension Operation {
    static let convTranspose = Operation(
        "convTranspose",
        [
            Sample("F.conv_transpose1d(x, y, z)", [Input([2, 3, 4]), Input([3, 2, 3]), Input([2])]) {
                $0[0].convTranspose1d($0[1], bias: $0[2])
            },
            Sample(
                "F.conv_transpose1d(x, y, None, 2, 1, 1, 2, 2)", [Input([1, 4, 5]), Input([4, 3, 3])]
            ) {
                $0[0].convTranspose1d($0[1], stride: 2, padding: 1, outputPadding: 1, dilation: 2, groups: 2)
            },
            Sample("F.conv_transpose2d(x, y, z)", [Input([2, 3, 4, 3]), Input([3, 2, 3, 2]), Input([2])]) {
                $0[0].convTranspose2d($0[1], bias: $0[2])
            },
            Sample("F.conv_transpose2d(x, y, None, 2, 1)", [Input([1, 2, 3, 4]), Input([2, 3, 4, 4])]) {
                $0[0].convTranspose2d($0[1], stride: 2, padding: 1)
            },
            Sample(
                "F.conv_transpose2d(x, y, z, (3, 2), (1, 0), (2, 1), 2)",
                [Input([2, 4, 3, 3]), Input([4, 2, 2, 3]), Input([4])]
            ) {
                $0[0].convTranspose2d(
                    $0[1], bias: $0[2], stride: [3, 2], padding: [1, 0], outputPadding: [2, 1], groups: 2)
            },
            Sample(
                "F.conv_transpose2d(x, y, None, 1, 0, 1, 1, 2)", [Input([1, 2, 3, 3]), Input([2, 2, 2, 2])]
            ) { $0[0].convTranspose2d($0[1], outputPadding: 1, dilation: 2) },
            Sample(
                "F.conv_transpose3d(x, y, z, 2, 1, 1)",
                [Input([1, 2, 2, 3, 2]), Input([2, 3, 3, 2, 3]), Input([3])]
            ) { $0[0].convTranspose3d($0[1], bias: $0[2], stride: 2, padding: 1, outputPadding: 1) },
        ])
}
