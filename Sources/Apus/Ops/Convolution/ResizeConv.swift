extension Tensor {
    /// The planes enlarged, then a convolution: an upsampling without the checkerboard of transposed convolutions
    /// whose kernel the stride does not divide (Odena et al. 2016).
    ///
    /// - Parameters:
    ///   - weight: [outputs, inputs, height, width]; this tensor is [batch, inputs, height, width], or without batch.
    ///   - bias: [outputs], or nil.
    ///   - scale: of height and width; see `interpolate(scale:)`.
    ///   - mode: nearest, or bilinear.
    ///   - padding: of the convolution; by default its result has the enlarged size.
    public func resizeConv2d(
        _ weight: Tensor, bias: Tensor? = nil, scale: Double = 2, mode: Interpolation = .nearest,
        padding: ConvolutionPadding = .same, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if rank != 3 && rank != 4 {
            fail(
                "resizeConv2d",
                "shape \(shape) is not [batch, channels, 2 spatial axes], with or without the batch", at: site
            )
        }
        let batch = rank == 4 ? self : unsqueeze(0)
        let large = batch.interpolate(scales: [scale, scale], mode: mode, file: file, line: line)
        return (rank == 4 ? large : large.squeeze(axis: 0)).convolution(
            "resizeConv2d", axes: 2, weight, bias: bias, ConvolutionOptions(padding: padding), at: site)
    }
}

extension Operation {
    static let resizeConv = Operation(
        "resizeConv", dtypes: DType.realFloating,
        [
            Sample(
                "F.conv2d(F.interpolate(x, scale_factor=2), y, z, 1, 1)",
                [Input([2, 3, 2, 3]), Input([2, 3, 3, 3]), Input([2])]
            ) { $0[0].resizeConv2d($0[1], bias: $0[2]) },
            Sample(
                "F.conv2d(F.interpolate(x[None], scale_factor=1.5, mode='bilinear'), y)[0]",
                [Input([2, 4, 3]), Input([3, 2, 3, 2])]
            ) { $0[0].resizeConv2d($0[1], scale: 1.5, mode: .bilinear, padding: .valid) },
        ])
}
