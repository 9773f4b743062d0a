extension Tensor {
    /// Spatially separable convolution of planes: k×1, then 1×k.
    ///
    /// It is the convolution with the kernel w[o, c, i, j] = Σₘ vertical[m, c, i]·horizontal[o, m, j], an outer
    /// product where there is one channel between, for 2k instead of k² multiplications a position and pair of
    /// channels.
    ///
    /// - Parameters:
    ///   - vertical: [between, inputs, height, 1]; this tensor is [batch, inputs, height, width], or without batch.
    ///   - horizontal: [outputs, between, 1, width].
    ///   - bias: [outputs], or nil.
    ///   - stride: along the height of the first, along the width of the second convolution.
    ///   - padding: along the height of the first, along the width of the second convolution.
    public func spatiallySeparableConv2d(
        _ vertical: Tensor, _ horizontal: Tensor, bias: Tensor? = nil, stride: Extents = 1,
        padding: ConvolutionPadding = 0, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let operation = "spatiallySeparableConv2d"
        vertical.checkKernel([nil, 1], operation, "vertical", site)
        horizontal.checkKernel([1, nil], operation, "horizontal", site)
        let steps = stride.resolved(2, minimum: 1, operation, "stride", at: site)
        let first = ConvolutionOptions(
            stride: [steps[0], 1], padding: padding.only(0, of: 2, operation, site))
        let second = ConvolutionOptions(
            stride: [1, steps[1]], padding: padding.only(1, of: 2, operation, site))
        return convolution(operation, axes: 2, vertical, bias: nil, first, at: site)
            .convolution(operation, axes: 2, horizontal, bias: bias, second, at: site)
    }
}

extension Operation {
    static let spatiallySeparableConv = Operation(
        "spatiallySeparableConv",
        [
            Sample(
                "F.conv2d(x, torch.einsum('mci,omj->ocij', y.squeeze(3), z.squeeze(2)), u, (2, 1), (1, 0))",
                [Input([2, 2, 5, 4]), Input([3, 2, 3, 1]), Input([4, 3, 1, 2]), Input([4])]
            ) {
                $0[0].spatiallySeparableConv2d($0[1], $0[2], bias: $0[3], stride: [2, 1], padding: [1, 0])
            },
            Sample(
                "F.conv2d(F.conv2d(x, y, None, 1, 'same'), z, None, 1, 'same')",
                [Input([2, 3, 4]), Input([1, 2, 2, 1]), Input([2, 1, 1, 3])]
            ) { $0[0].spatiallySeparableConv2d($0[1], $0[2], padding: .same) },
        ])
}
