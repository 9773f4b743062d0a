extension Tensor {
    /// Depthwise separable convolution of planes: each channel filtered for itself, then the channels mixed at
    /// each position (Howard et al. 2017).
    ///
    /// It is the convolution with the kernel w[o, c] = Σₘ pointwise[o, c·multiplier + m]·depthwise[c·multiplier + m],
    /// for (k² + outputs) instead of outputs·k² multiplications a position and input channel, with multiplier 1.
    ///
    /// - Parameters:
    ///   - depthwise: [inputs · multiplier, 1, height, width]; see `depthwiseConv2d`.
    ///   - pointwise: [outputs, inputs · multiplier, 1, 1].
    ///   - bias: [outputs], or nil.
    ///   - stride: of the depthwise convolution.
    ///   - padding: of the depthwise convolution.
    ///   - dilation: of the depthwise convolution.
    public func depthwiseSeparableConv2d(
        _ depthwise: Tensor, _ pointwise: Tensor, bias: Tensor? = nil, stride: Extents = 1,
        padding: ConvolutionPadding = 0, dilation: Extents = 1, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let operation = "depthwiseSeparableConv2d"
        pointwise.checkKernel([1, 1], operation, "pointwise", site)
        let options = ConvolutionOptions(stride: stride, padding: padding, dilation: dilation)
        return depthwiseConvolution(operation, axes: 2, depthwise, bias: nil, options, at: site)
            .convolution(operation, axes: 2, pointwise, bias: bias, at: site)
    }
}

extension Operation {
    static let depthwiseSeparableConv = Operation(
        "depthwiseSeparableConv",
        [
            Sample(
                "F.conv2d(F.conv2d(x, y, None, 1, 1, groups=3), z, u)",
                [Input([2, 3, 4, 5]), Input([3, 1, 3, 3]), Input([4, 3, 1, 1]), Input([4])]
            ) { $0[0].depthwiseSeparableConv2d($0[1], $0[2], bias: $0[3], padding: 1) },
            Sample(
                "F.conv2d(F.conv2d(x, y, None, (2, 1), 2, 2, groups=2), z)",
                [Input([2, 5, 5]), Input([4, 1, 3, 2]), Input([3, 4, 1, 1])]
            ) { $0[0].depthwiseSeparableConv2d($0[1], $0[2], stride: [2, 1], padding: 2, dilation: 2) },
        ])
}
