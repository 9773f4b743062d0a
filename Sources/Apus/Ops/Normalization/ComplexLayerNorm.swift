// Values and gradients of the whitening, which other normalisations share, are in ComplexNorm.swift.

extension Tensor {
    /// Layer normalisation of complex numbers by whitening: over the last axes the mean is 0, the variance of both parts
    /// 1, without correlation between them; then γ and bias.
    ///
    /// See `complexBatchNorm`.
    ///
    /// - Parameters:
    ///   - lastAxes: over how many axes, counted from the end, mean and covariance are taken.
    ///   - weight: γ, real, in the shape of these axes and then 3: γrr, γii and γri; the identity by default.
    ///   - bias: complex, in the shape of these axes; zeros by default.
    public func complexLayerNorm(
        lastAxes: Int = 1, weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        requireComplex("complexLayerNorm", insteadCall: "layerNorm", site)
        if lastAxes < 1 || lastAxes > rank {
            fail("complexLayerNorm", "\(lastAxes) last axes of a tensor of shape \(shape)", at: site)
        }
        let kept = rank - lastAxes
        let normalized = Array(shape[kept...])
        ComplexNorm.checkParameters("complexLayerNorm", weight, bias, normalized, site)
        // Every row is a sample with one channel.
        let rows = reshape([Array(shape[..<kept]).elementCount, 1, normalized.elementCount])
        let norm = ComplexNorm(
            name: "complexLayerNorm", acrossSamples: false, groups: 1, epsilon: epsilon, hasWeight: false,
            hasBias: false)
        let white = Tensor.applyAll(norm, to: [rows], at: site)[0].reshape(shape)
        let scaled = weight.map { white.multipliedAsParts(by: $0.to(dtype.realType)) } ?? white
        return bias.map { scaled + $0.to(dtype) } ?? scaled
    }

    /// γ times the vector of the parts of each element, where the last axis of `weight` has γrr, γii and γri:
    /// ½(γrr + γii)·z + (½(γrr - γii) + i·γri)·z̄.
    private func multipliedAsParts(by weight: Tensor) -> Tensor {
        func element(_ i: Int) -> Tensor {
            weight.narrow(axis: -1, start: i, count: 1).squeeze(axis: -1)
        }
        let mirror = Tensor.complex(real: (element(0) - element(1)) * 0.5, imaginary: element(2))
        return self * ((element(0) + element(1)) * 0.5) + conjugate() * mirror
    }
}

extension Operation {
    static let complexLayerNorm = Operation(
        "complexLayerNorm", dtypes: [.complex64, .complex128],
        [
            Sample("complex_norm(x, (1,))", [Input([3, 4])]) { $0[0].complexLayerNorm() },
            Sample(
                "complex_affine(complex_norm(x, (1, 2), eps=1e-3), y.real, z, 0)",
                [Input([2, 3, 4]), Input([3, 4, 3]), Input([3, 4])]
            ) { $0[0].complexLayerNorm(lastAxes: 2, weight: $0[1].real, bias: $0[2], epsilon: 1e-3) },
            Sample(
                "complex_affine(complex_norm(x, (1,)), y.real, 0 * x[0], 0)",
                [Input([3, 70]), Input([70, 3])]
            ) {
                $0[0].complexLayerNorm(weight: $0[1].real)
            },
        ])
}
