extension Tensor {
    /// Convolution along one axis as mathematics and signal processing call it: the kernel runs backwards,
    /// y[o] = Σ x[o·s + d(kernel − 1 − k) − p]·w[k]. `conv1d` is the cross-correlation.
    ///
    /// With a padding of kernel − 1 it gives the coefficients of the product of two polynomials, and signal and kernel
    /// may be exchanged. The weight is flipped along its spatial axes; its channels, and so its groups, are
    /// those of `conv1d`.
    ///
    /// - Parameters: those of `conv1d`.
    public func trueConv1d(
        _ weight: Tensor, bias: Tensor? = nil, stride: Extents = 1, padding: ConvolutionPadding = 0,
        dilation: Extents = 1, groups: Int = 1, paddingMode: PadMode = .constant(0),
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        convolution(
            "trueConv1d", axes: 1, weight.flipped(from: 2), bias: bias,
            ConvolutionOptions(
                stride: stride, padding: padding, dilation: dilation, groups: groups,
                paddingMode: paddingMode),
            at: CallSite(file: file, line: line))
    }

    /// Convolution of planes with the kernel flipped along both axes; see `trueConv1d`. `conv2d` is the
    /// cross-correlation.
    public func trueConv2d(
        _ weight: Tensor, bias: Tensor? = nil, stride: Extents = 1, padding: ConvolutionPadding = 0,
        dilation: Extents = 1, groups: Int = 1, paddingMode: PadMode = .constant(0),
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        convolution(
            "trueConv2d", axes: 2, weight.flipped(from: 2), bias: bias,
            ConvolutionOptions(
                stride: stride, padding: padding, dilation: dilation, groups: groups,
                paddingMode: paddingMode),
            at: CallSite(file: file, line: line))
    }

    /// Convolution of volumes with the kernel flipped along all three axes; see `trueConv1d`. `conv3d` is the
    /// cross-correlation.
    public func trueConv3d(
        _ weight: Tensor, bias: Tensor? = nil, stride: Extents = 1, padding: ConvolutionPadding = 0,
        dilation: Extents = 1, groups: Int = 1, paddingMode: PadMode = .constant(0),
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        convolution(
            "trueConv3d", axes: 3, weight.flipped(from: 2), bias: bias,
            ConvolutionOptions(
                stride: stride, padding: padding, dilation: dilation, groups: groups,
                paddingMode: paddingMode),
            at: CallSite(file: file, line: line))
    }

    /// This tensor backwards along every axis from `first` on.
    package func flipped(from first: Int) -> Tensor { flip(axes: Array(Swift.min(first, rank)..<rank)) }
}

extension Operation {
    static let trueConv = Operation(
        "trueConv",
        [
            Sample(
                "F.conv1d(x, y.flip(2), z, 2, 2)", [Input([2, 3, 7]), Input([4, 3, 3]), Input([4])]
            ) { $0[0].trueConv1d($0[1], bias: $0[2], stride: 2, padding: 2) },
            Sample(
                "F.conv2d(x, y.flip(2, 3), None, 1, (1, 2), 2, 2)",
                [Input([2, 4, 5, 4]), Input([6, 2, 2, 3])]
            ) { $0[0].trueConv2d($0[1], padding: [1, 2], dilation: 2, groups: 2) },
            Sample("F.conv3d(x, y.flip(2, 3, 4))", [Input([1, 2, 3, 4, 3]), Input([2, 2, 2, 2, 3])]) {
                $0[0].trueConv3d($0[1])
            },
        ])
}
