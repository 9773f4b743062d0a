extension Tensor {
    /// Shuffled grouped convolution of planes: a grouped convolution, a channel shuffle, a grouped convolution.
    ///
    /// The shuffle hands every group of the second one channels of each group of the first, so that all inputs can
    /// reach all outputs (Zhang et al. 2017).
    ///
    /// - Parameters:
    ///   - first: [between, inputs / groups, height, width]; this tensor is [batch, inputs, height, width], or without
    ///     batch.
    ///   - second: [outputs, between / groups, height, width].
    ///   - bias: [outputs], or nil.
    ///   - stride: of the first convolution.
    ///   - padding: of both.
    public func shuffledGroupedConv2d(
        _ first: Tensor, _ second: Tensor, bias: Tensor? = nil, groups: Int, stride: Extents = 1,
        padding: ConvolutionPadding = 0, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let operation = "shuffledGroupedConv2d"
        var options = ConvolutionOptions(stride: stride, padding: padding, groups: groups)
        let between = convolution(operation, axes: 2, first, bias: nil, options, at: site)
        options.stride = 1
        let shuffled =
            rank == 3
            ? between.unsqueeze(0).channelShuffle(groups: groups).squeeze(axis: 0)
            : between.channelShuffle(groups: groups)
        return shuffled.convolution(operation, axes: 2, second, bias: bias, options, at: site)
    }
}

extension Operation {
    static let shuffledGroupedConv = Operation(
        "shuffledGroupedConv",
        [
            Sample(
                "F.conv2d(F.channel_shuffle(F.conv2d(x, y, None, 2, 1, groups=2), 2), z, u, 1, 1, groups=2)",
                [Input([2, 4, 5, 4]), Input([6, 2, 3, 3]), Input([4, 3, 3, 3]), Input([4])]
            ) {
                $0[0].shuffledGroupedConv2d($0[1], $0[2], bias: $0[3], groups: 2, stride: 2, padding: 1)
            },
            Sample(
                "F.conv2d(F.channel_shuffle(F.conv2d(x[None], y, groups=3), 3), z, groups=3)[0]",
                [Input([3, 2, 4]), Input([6, 1, 1, 1]), Input([3, 2, 1, 2])]
            ) { $0[0].shuffledGroupedConv2d($0[1], $0[2], groups: 3) },
        ])
}
