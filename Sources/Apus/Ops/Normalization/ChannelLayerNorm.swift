extension Tensor {
    /// Layer normalisation of [N, C, …] over the channels of each position: (x - mean) / √(variance + ε) ·
    /// weight + bias.
    ///
    /// With channels last in memory they are the rows of `layerNorm`, and nothing is moved. Source: Liu et
    /// al., "A ConvNet for the 2020s", 2022. Integers give float32.
    ///
    /// - Parameters:
    ///   - weight: an element a channel; ones by default.
    ///   - bias: an element a channel; zeros by default.
    public func channelLayerNorm(
        weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let x = realFloating("channelLayerNorm", site)
        ChannelNorm.check("channelLayerNorm", x, [("weight", weight), ("bias", bias)], site)
        let order = [0] + Array(2..<rank) + [1]
        return x.permute(order).layerNorm(
            weight: weight, bias: bias, epsilon: epsilon, file: file, line: line
        )
        .permute([0, rank - 1] + Array(1..<(rank - 1)))
    }
}

extension Operation {
    static let channelLayerNorm = Operation(
        "channelLayerNorm", dtypes: DType.realFloating,
        [
            Sample("F.layer_norm(x.mT, (5,)).mT", [Input([2, 5, 3])]) { $0[0].channelLayerNorm() },
            Sample(
                "F.layer_norm(x.permute(0, 2, 3, 1), (6,), y, z, 1e-3).permute(0, 3, 1, 2)",
                [Input([2, 6, 2, 3]), Input([6]), Input([6])]
            ) { $0[0].channelLayerNorm(weight: $0[1], bias: $0[2], epsilon: 1e-3) },
        ])
}
