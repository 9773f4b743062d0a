// Values and gradients, which other normalisations share, are in ComplexNorm.swift.

extension Tensor {
    /// Group normalisation of complex [N, C, …] by whitening: each sample's channels, in `groups` runs of as many, have
    /// mean 0, variance 1 of both parts and no correlation between them over the run and all positions; then γ and bias.
    ///
    /// See `complexBatchNorm`.
    ///
    /// - Parameters:
    ///   - weight: γ, real, [C, 3]: γrr, γii and γri of each channel; the identity by default.
    ///   - bias: complex, an element a channel; zeros by default.
    public func complexGroupNorm(
        groups: Int, weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5,
        activation: FusedActivation = .none, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        ComplexNorm.check("complexGroupNorm", self, weight, bias, activation, insteadCall: "groupNorm", site)
        if groups < 1 || shape[1] % groups != 0 {
            fail("complexGroupNorm", "\(shape[1]) channels do not make \(groups) groups", at: site)
        }
        let norm = ComplexNorm(
            name: "complexGroupNorm", acrossSamples: false, groups: groups, epsilon: epsilon,
            activation: activation, hasWeight: weight != nil, hasBias: bias != nil)
        return Tensor.applyAll(norm, to: [self].with(weight, bias), at: site)[0]
    }
}

extension Operation {
    static let complexGroupNorm = Operation(
        "complexGroupNorm", dtypes: [.complex64, .complex128],
        [
            Sample(
                "complex_norm(x.reshape(2, 2, 2, 5), (2, 3)).reshape(x.shape)", [Input([2, 4, 5])]
            ) { $0[0].complexGroupNorm(groups: 2) },
            Sample(
                "complex_affine(complex_norm(x, (1, 2), eps=1e-2), y.real, z)",
                [Input([9, 3, 4]), Input([3, 3]), Input([3])]
            ) { $0[0].complexGroupNorm(groups: 1, weight: $0[1].real, bias: $0[2], epsilon: 1e-2) },
            Sample(
                "crelu(complex_affine(complex_norm(x, (2, 3)), y.real, z))",
                [Input([2, 3, 2, 3]), Input([3, 3]), Input([3])]
            ) { $0[0].complexGroupNorm(groups: 3, weight: $0[1].real, bias: $0[2], activation: .relu) },
        ])
}
