// Values and gradients, which other normalisations share, are in ChannelNorm.swift.

extension Tensor {
    /// Batch normalisation of [N, C, …]: (x - mean) / √(variance + ε) · weight + bias, with the mean and
    /// variance (over n, not n - 1) of each channel over all samples and places.
    ///
    /// Source: Ioffe and Szegedy, "Batch normalization", 2015. Integers give float32.
    ///
    /// - Parameters:
    ///   - weight: an element a channel; ones by default.
    ///   - bias: an element a channel; zeros by default.
    ///   - activation: applied in the same pass over memory.
    public func batchNorm(
        weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5,
        activation: FusedActivation = .none, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        batchNormAndMoments(
            weight: weight, bias: bias, epsilon: epsilon, activation: activation, file: file, line: line
        ).values
    }

    /// The same, and the mean and variance it used, [C] each and without history.
    public func batchNormAndMoments(
        weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5,
        activation: FusedActivation = .none, file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, mean: Tensor, variance: Tensor) {
        let site = CallSite(file: file, line: line)
        let x = realFloating("batchNorm", insteadCall: "complexBatchNorm", site)
        ChannelNorm.check("batchNorm", x, [("weight", weight), ("bias", bias)], site)
        if x.count > 0, x.count == x.shape[1] {
            fail("batchNorm", "a single value a channel, of shape \(shape), has no variance", at: site)
        }
        let norm = ChannelNorm(
            name: "batchNorm", acrossSamples: true, groups: x.shape[1], epsilon: epsilon,
            activation: activation, hasWeight: weight != nil, hasBias: bias != nil)
        let results = Tensor.applyAll(norm, to: [x].with(weight, bias), at: site)
        return (results[0], results[1].detach(), results[2].detach())
    }

    /// Batch normalisation with a given mean and variance, [C] each, as in evaluation. No gradient flows
    /// to them.
    public func batchNorm(
        mean: Tensor, variance: Tensor, weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5,
        activation: FusedActivation = .none, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let x = realFloating("batchNorm", insteadCall: "complexBatchNorm", site)
        ChannelNorm.check(
            "batchNorm", x,
            [("weight", weight), ("bias", bias), ("mean", mean), ("variance", variance)], site)
        let norm = ChannelNorm(
            name: "batchNorm", acrossSamples: true, groups: x.shape[1], epsilon: epsilon,
            activation: activation, takesMoments: true, hasWeight: weight != nil, hasBias: bias != nil)
        let inputs = [x, mean.detach(), variance.detach()].with(weight, bias)
        return Tensor.applyAll(norm, to: inputs, at: site)[0]
    }
}

extension Operation {
    static let batchNorm = Operation(
        "batchNorm", dtypes: DType.realFloating,
        [
            Sample("F.batch_norm(x, None, None, None, None, True)", [Input([5, 3])]) { $0[0].batchNorm() },
            Sample(
                "F.batch_norm(x, None, None, y, z, True, eps=1e-3)",
                [Input([2, 3, 4, 5]), Input([3]), Input([3])]
            ) { $0[0].batchNorm(weight: $0[1], bias: $0[2], epsilon: 1e-3) },
            Sample(
                "F.relu(F.batch_norm(x, None, None, y, z, True))",
                [Input([2, 3, 5]), Input([3]), Input([3])]
            ) { $0[0].batchNorm(weight: $0[1], bias: $0[2], activation: .relu) },
            Sample(
                "F.relu(F.batch_norm(x, None, None, y, None, True))", [Input([2, 3, 2, 3, 2]), Input([3])]
            ) { $0[0].batchNorm(weight: $0[1], activation: .relu) },
            Sample(
                "F.relu(F.batch_norm(x, \(moments), y, z))", [Input([2, 3, 4]), Input([3]), Input([3])]
            ) {
                let device = $0[0].device
                let moments = [[0.1, -0.2, 0.3], [0.5, 1.5, 2]].map {
                    Tensor($0, shape: [3], dtype: .float64).to(device)
                }
                return $0[0].batchNorm(
                    mean: moments[0], variance: moments[1], weight: $0[1], bias: $0[2], activation: .relu)
            },
        ])

    private static let moments =
        "torch.tensor([0.1, -0.2, 0.3], dtype=x.dtype), torch.tensor([0.5, 1.5, 2], dtype=x.dtype)"
}
