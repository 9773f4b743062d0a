extension Tensor {
    /// Flattened convolution of planes (Jin et al. 2014): every output channel has three filters of one axis each,
    /// across the channels, down and along.
    ///
    /// It is the convolution with the kernels of rank one w[o, c, i, j] = lateral[o, c]·vertical[o, i]·horizontal[o, j]:
    /// inputs + 2k instead of inputs·k² weights for each output channel. The lateral filters are a pointwise
    /// convolution, the other two depthwise ones on its result.
    ///
    /// - Parameters:
    ///   - lateral: [outputs, inputs, 1, 1]; this tensor is [batch, inputs, height, width], or without batch.
    ///   - vertical: [outputs, 1, height, 1].
    ///   - horizontal: [outputs, 1, 1, width].
    ///   - bias: [outputs], or nil.
    ///   - stride: along the height of the vertical, along the width of the horizontal filters.
    ///   - padding: along the height of the vertical, along the width of the horizontal filters.
    public func flattenedConv2d(
        lateral: Tensor, vertical: Tensor, horizontal: Tensor, bias: Tensor? = nil, stride: Extents = 1,
        padding: ConvolutionPadding = 0, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let operation = "flattenedConv2d"
        lateral.checkKernel([1, 1], operation, "lateral", site)
        vertical.checkKernel([nil, 1], operation, "vertical", site)
        horizontal.checkKernel([1, nil], operation, "horizontal", site)
        let steps = stride.resolved(2, minimum: 1, operation, "stride", at: site)
        let down = ConvolutionOptions(
            stride: [steps[0], 1], padding: padding.only(0, of: 2, operation, site))
        let along = ConvolutionOptions(
            stride: [1, steps[1]], padding: padding.only(1, of: 2, operation, site))
        return convolution(operation, axes: 2, lateral, bias: nil, at: site)
            .depthwiseConvolution(operation, axes: 2, vertical, bias: nil, down, at: site)
            .depthwiseConvolution(operation, axes: 2, horizontal, bias: bias, along, at: site)
    }
}

extension Operation {
    static let flattenedConv = Operation(
        "flattenedConv",
        [
            Sample(
                "F.conv2d(x, y * z * u, v, 1, 1)",
                [
                    Input([2, 3, 4, 5]), Input([4, 3, 1, 1]), Input([4, 1, 3, 1]), Input([4, 1, 1, 3]),
                    Input([4]),
                ]
            ) {
                $0[0].flattenedConv2d(
                    lateral: $0[1], vertical: $0[2], horizontal: $0[3], bias: $0[4], padding: 1)
            },
            Sample(
                "F.conv2d(x, y * z * u, None, (2, 1), (0, 2))",
                [Input([2, 5, 4]), Input([3, 2, 1, 1]), Input([3, 1, 2, 1]), Input([3, 1, 1, 3])]
            ) {
                $0[0].flattenedConv2d(
                    lateral: $0[1], vertical: $0[2], horizontal: $0[3], stride: [2, 1], padding: [0, 2])
            },
        ])
}
