// Values and gradients, which other normalisations share, are in ComplexNorm.swift.

extension Tensor {
    /// Batch normalisation of complex [N, C, …] by whitening: γ·V^(-½)·(x - mean) + bias, where each number is the vector
    /// of its parts and V the covariance (over n, not n - 1) of each channel's parts over all samples and positions, plus ε
    /// on the diagonal.
    ///
    /// Before γ and bias both parts have variance 1, and no correlation. One pass over memory for the five moments, one
    /// to apply them. Source: Trabelsi et al., "Deep complex networks", 2018, section 3.5.
    ///
    /// - Parameters:
    ///   - weight: γ, real, [C, 3]: γrr, γii and γri of each channel; the identity by default.
    ///   - bias: complex, an element a channel; zeros by default.
    ///   - activation: applied to both parts in the same pass over memory: `.relu` is `crelu()`.
    public func complexBatchNorm(
        weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5,
        activation: FusedActivation = .none, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        complexBatchNormAndMoments(
            weight: weight, bias: bias, epsilon: epsilon, activation: activation, file: file, line: line
        ).values
    }

    /// The same, and the mean, [C], and covariance, [C, 3]: of the real parts, of the imaginary parts, of both; without ε
    /// and without history.
    public func complexBatchNormAndMoments(
        weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5,
        activation: FusedActivation = .none, file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, mean: Tensor, covariance: Tensor) {
        let site = CallSite(file: file, line: line)
        ComplexNorm.check("complexBatchNorm", self, weight, bias, activation, insteadCall: "batchNorm", site)
        if count > 0, count == shape[1] {
            fail(
                "complexBatchNorm", "a single value a channel, of shape \(shape), has no variance", at: site)
        }
        let norm = ComplexNorm(
            name: "complexBatchNorm", acrossSamples: true, groups: shape[1], epsilon: epsilon,
            activation: activation, hasWeight: weight != nil, hasBias: bias != nil)
        let results = Tensor.applyAll(norm, to: [self].with(weight, bias), at: site)
        return (results[0], results[1].detach(), results[2].detach().to(dtype.realType))
    }

    /// Batch normalisation with a given mean, complex [C], and covariance, real [C, 3], as in evaluation. No gradient
    /// flows to them.
    public func complexBatchNorm(
        mean: Tensor, covariance: Tensor, weight: Tensor? = nil, bias: Tensor? = nil,
        epsilon: Double = 1e-5, activation: FusedActivation = .none, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        ComplexNorm.check("complexBatchNorm", self, weight, bias, activation, insteadCall: "batchNorm", site)
        if mean.shape != [shape[1]] || covariance.shape != [shape[1], 3] || covariance.dtype.isComplex {
            fail(
                "complexBatchNorm",
                "a mean of shape \(mean.shape) and a \(covariance.dtype) covariance of shape "
                    + "\(covariance.shape) for \(shape[1]) channels: [\(shape[1])] and, real, [\(shape[1]), 3] fit",
                at: site)
        }
        let norm = ComplexNorm(
            name: "complexBatchNorm", acrossSamples: true, groups: shape[1], epsilon: epsilon,
            activation: activation, takesMoments: true, hasWeight: weight != nil, hasBias: bias != nil)
        let moments = [mean.detach().to(dtype), covariance.detach().to(.float64)]
        return Tensor.applyAll(norm, to: ([self] + moments).with(weight, bias), at: site)[0]
    }
}

extension Operation {
    static let complexBatchNorm = Operation(
        "complexBatchNorm", dtypes: [.complex64, .complex128],
        [
            Sample("complex_norm(x, (0,))", [Input([5, 3])]) { $0[0].complexBatchNorm() },
            Sample(
                "complex_norm(x, (0, 2, 3), y.real, z, eps=1e-3)",
                [Input([2, 3, 4, 5]), Input([3, 3]), Input([3])]
            ) { $0[0].complexBatchNorm(weight: $0[1].real, bias: $0[2], epsilon: 1e-3) },
            Sample(
                "crelu(complex_norm(x, (0, 2), y.real, z))", [Input([2, 3, 5]), Input([3, 3]), Input([3])]
            ) { $0[0].complexBatchNorm(weight: $0[1].real, bias: $0[2], activation: .relu) },
            Sample("complex_norm(x, (0, 2, 3, 4), y.real)", [Input([2, 3, 2, 3, 2]), Input([3, 3])]) {
                $0[0].complexBatchNorm(weight: $0[1].real)
            },
            Sample(
                "crelu(complex_norm(x, (0, 2), y.real, z, moments=(\(moments))))",
                [Input([2, 3, 4]), Input([3, 3]), Input([3])]
            ) {
                let re = Tensor([0.1, -0.2, 0.3], shape: [3], dtype: .float64).to($0[0].device)
                let covariance: [Double] = [0.5, 1, 0.2, 1.5, 0.7, -0.3, 2, 1, 0]
                return $0[0].complexBatchNorm(
                    mean: Tensor.complex(real: re, imaginary: re * 2),
                    covariance: Tensor(covariance, shape: [3, 3], dtype: .float64).to($0[0].device),
                    weight: $0[1].real,
                    bias: $0[2], activation: .relu)
            },
        ])

    private static let moments =
        "torch.tensor([0.1 + 0.2j, -0.2 - 0.4j, 0.3 + 0.6j], dtype=x.dtype), "
        + "torch.tensor([[0.5, 1, 0.2], [1.5, 0.7, -0.3], [2, 1, 0]], dtype=x.real.dtype)"
}
