extension Tensor {
    /// Depthwise convolution along one axis: each channel is filtered for itself, by `multiplier` kernels. Output
    /// channel c·multiplier + m is input channel c with kernel m of its own. See `conv1d`.
    ///
    /// - Parameters:
    ///   - weight: [inputs · multiplier, 1, kernel]; this tensor is [batch, inputs, length], or without batch.
    ///   - bias: [inputs · multiplier], or nil.
    public func depthwiseConv1d(
        _ weight: Tensor, bias: Tensor? = nil, stride: Extents = 1, padding: ConvolutionPadding = 0,
        dilation: Extents = 1, paddingMode: PadMode = .constant(0), file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        depthwiseConvolution(
            "depthwiseConv1d", axes: 1, weight, bias: bias,
            ConvolutionOptions(
                stride: stride, padding: padding, dilation: dilation, paddingMode: paddingMode),
            at: CallSite(file: file, line: line))
    }

    /// Depthwise convolution of planes: weight [inputs · multiplier, 1, height, width] on an input
    /// [batch, inputs, height, width], or without batch. See `depthwiseConv1d`.
    public func depthwiseConv2d(
        _ weight: Tensor, bias: Tensor? = nil, stride: Extents = 1, padding: ConvolutionPadding = 0,
        dilation: Extents = 1, paddingMode: PadMode = .constant(0), file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        depthwiseConvolution(
            "depthwiseConv2d", axes: 2, weight, bias: bias,
            ConvolutionOptions(
                stride: stride, padding: padding, dilation: dilation, paddingMode: paddingMode),
            at: CallSite(file: file, line: line))
    }

    /// Depthwise convolution of volumes: weight [inputs · multiplier, 1, depth, height, width] on an input
    /// [batch, inputs, depth, height, width], or without batch. See `depthwiseConv1d`.
    public func depthwiseConv3d(
        _ weight: Tensor, bias: Tensor? = nil, stride: Extents = 1, padding: ConvolutionPadding = 0,
        dilation: Extents = 1, paddingMode: PadMode = .constant(0), file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        depthwiseConvolution(
            "depthwiseConv3d", axes: 3, weight, bias: bias,
            ConvolutionOptions(
                stride: stride, padding: padding, dilation: dilation, paddingMode: paddingMode),
            at: CallSite(file: file, line: line))
    }

    /// - Parameters:
    ///   - operation: the name in messages.
    ///   - options: their groups are set here.
    func depthwiseConvolution(
        _ operation: String, axes: Int, _ weight: Tensor, bias: Tensor?, _ options: ConvolutionOptions,
        at site: CallSite
    ) -> Tensor {
        let axis = rank - axes - 1
        if axis != 0 && axis != 1 {
            fail(
                operation,
                "shape \(shape) is not [batch, channels, \(axes) spatial \(axes == 1 ? "axis" : "axes")], with or "
                    + "without the batch", at: site)
        }
        let channels = shape[axis]
        if channels < 1 || weight.rank != axes + 2 || weight.shape[1] != 1 || weight.shape[0] % channels != 0
        {
            fail(
                operation,
                "a weight of shape \(weight.shape) for the \(channels) channels of shape \(shape): "
                    + "[channels · multiplier, 1, \(axes) of the kernel] is wanted", at: site)
        }
        var options = options
        options.groups = channels
        return convolution(operation, axes: axes, weight, bias: bias, options, at: site)
    }
}

extension Operation {
    static let depthwiseConv = Operation(
        "depthwiseConv",
        [
            Sample("F.conv1d(x, y, z, 2, 1, groups=3)", [Input([2, 3, 7]), Input([6, 1, 3]), Input([6])]) {
                $0[0].depthwiseConv1d($0[1], bias: $0[2], stride: 2, padding: 1)
            },
            Sample("F.conv2d(x, y, None, 1, 1, groups=4)", [Input([2, 4, 4, 5]), Input([4, 1, 3, 3])]) {
                $0[0].depthwiseConv2d($0[1], padding: 1)
            },
            Sample("F.conv2d(x, y, None, 1, 2, 2, groups=2)", [Input([2, 4, 5]), Input([6, 1, 3, 2])]) {
                $0[0].depthwiseConv2d($0[1], padding: 2, dilation: 2)
            },
            Sample("F.conv3d(x, y, groups=2)", [Input([1, 2, 3, 3, 4]), Input([2, 1, 2, 2, 2])]) {
                $0[0].depthwiseConv3d($0[1])
            },
        ])
}
