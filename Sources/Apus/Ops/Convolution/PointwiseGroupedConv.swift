extension Tensor {
    /// Pointwise grouped convolution of planes: the channels of each group mixed at each position.
    ///
    /// - Parameters:
    ///   - weight: [outputs, inputs / groups, 1, 1]; this tensor is [batch, inputs, height, width], or without batch.
    ///   - bias: [outputs], or nil.
    public func pointwiseGroupedConv2d(
        _ weight: Tensor, bias: Tensor? = nil, groups: Int, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        weight.checkKernel([1, 1], "pointwiseGroupedConv2d", "weight", site)
        return convolution(
            "pointwiseGroupedConv2d", axes: 2, weight, bias: bias, ConvolutionOptions(groups: groups),
            at: site)
    }
}

extension Operation {
    static let pointwiseGroupedConv = Operation(
        "pointwiseGroupedConv",
        [
            Sample(
                "F.conv2d(x, y, z, groups=2)", [Input([2, 4, 3, 4]), Input([6, 2, 1, 1]), Input([6])]
            ) { $0[0].pointwiseGroupedConv2d($0[1], bias: $0[2], groups: 2) }
        ])
}
