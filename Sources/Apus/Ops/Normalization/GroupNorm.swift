// Values and gradients are those of ChannelNorm.swift and BatchNorm.swift.

extension Tensor {
    /// Group normalisation of [N, C, …]: each sample's channels, in `groups` runs of as many, have mean 0
    /// and variance 1 over the run and all positions; then times weight and plus bias.
    ///
    /// Source: Wu and He, "Group normalization", 2018. Integers give float32.
    ///
    /// - Parameters:
    ///   - weight: an element a channel; ones by default.
    ///   - bias: an element a channel; zeros by default.
    public func groupNorm(
        groups: Int, weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let x = realFloating("groupNorm", insteadCall: "complexGroupNorm", site)
        ChannelNorm.check("groupNorm", x, [("weight", weight), ("bias", bias)], site)
        if groups < 1 || x.shape[1] % groups != 0 {
            fail(
                "groupNorm", "\(x.shape[1]) channels of shape \(shape) do not make \(groups) groups", at: site
            )
        }
        let norm = ChannelNorm(
            name: "groupNorm", acrossSamples: false, groups: groups, epsilon: epsilon,
            hasWeight: weight != nil, hasBias: bias != nil)
        return Tensor.applyAll(norm, to: [x].with(weight, bias), at: site)[0]
    }
}

extension Operation {
    static let groupNorm = Operation(
        "groupNorm", dtypes: DType.realFloating,
        [
            Sample("F.group_norm(x, 2)", [Input([3, 4, 5])]) { $0[0].groupNorm(groups: 2) },
            Sample(
                "F.group_norm(x, 3, y, z, 1e-3)", [Input([2, 6, 2, 3]), Input([6]), Input([6])]
            ) { $0[0].groupNorm(groups: 3, weight: $0[1], bias: $0[2], epsilon: 1e-3) },
            Sample("F.group_norm(x, 1, y)", [Input([2, 4]), Input([4])]) {
                $0[0].groupNorm(groups: 1, weight: $0[1])
            },
        ])
}
