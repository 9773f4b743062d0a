// Values and gradients are those of ChannelNorm.swift and BatchNorm.swift.

extension Tensor {
    /// Instance normalisation of [N, C, …]: each channel of each sample has mean 0 and variance 1 over its
    /// positions; then times weight and plus bias.
    ///
    /// Source: Ulyanov, Vedaldi and Lempitsky, "Instance normalization", 2016. Integers give float32.
    ///
    /// - Parameters:
    ///   - weight: an element a channel; ones by default.
    ///   - bias: an element a channel; zeros by default.
    public func instanceNorm(
        weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        instanceNormAndMoments(weight: weight, bias: bias, epsilon: epsilon, file: file, line: line).values
    }

    /// The same, and the mean and variance it used, [N, C] each and without history.
    public func instanceNormAndMoments(
        weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5,
        file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, mean: Tensor, variance: Tensor) {
        let site = CallSite(file: file, line: line)
        let x = realFloating("instanceNorm", site)
        ChannelNorm.check("instanceNorm", x, [("weight", weight), ("bias", bias)], site)
        if Array(shape[2...]).elementCount == 1 {
            fail("instanceNorm", "a single position, in shape \(shape), has no variance", at: site)
        }
        let norm = ChannelNorm(
            name: "instanceNorm", acrossSamples: false, groups: x.shape[1], epsilon: epsilon,
            hasWeight: weight != nil, hasBias: bias != nil)
        let results = Tensor.applyAll(norm, to: [x].with(weight, bias), at: site)
        let shape = Array(x.shape[..<2])
        return (results[0], results[1].detach().reshape(shape), results[2].detach().reshape(shape))
    }
}

extension Operation {
    static let instanceNorm = Operation(
        "instanceNorm", dtypes: DType.realFloating,
        [
            Sample("F.instance_norm(x)", [Input([2, 3, 5])]) { $0[0].instanceNorm() },
            Sample(
                "F.instance_norm(x, weight=y, bias=z, eps=1e-3)",
                [Input([2, 3, 2, 4]), Input([3]), Input([3])]
            ) { $0[0].instanceNorm(weight: $0[1], bias: $0[2], epsilon: 1e-3) },
        ])
}
