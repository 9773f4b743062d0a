/// Those of the gradients of x, γ and bias that are wanted, for when they are not differentiated again.
///
/// The inputs are the gradient of the result, x, the means, the covariances, and what there is of γ and bias.
struct ComplexNormGradient: Primitive {
    let norm: ComplexNorm
    /// Whether the gradient is wanted, for x and each parameter.
    let needs: [Bool]

    var name: String { norm.name + "Gradient" }
    var attributes: [Attribute] { norm.attributes }
    var isDifferentiable: Bool { false }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let operands = ComplexNormOperands(Array(inputs.dropFirst()), norm, takesMoments: true)
        let x = operands.x
        let values = x.channelsLast()
        let dtype = values.dtype
        let gradient = inputs[0].channelsLast(dtype)
        let (mean, covariance) = operands.moments!
        let (means, covariances) = (mean.rowMajor(dtype), covariance.rowMajor(.float64))
        let (weight, bias) = (operands.weight?.rowMajor(dtype.realType), operands.bias?.rowMajor(dtype))
        let channels = x.shape[1]
        let ofInput = needs[0] ? Tensor(uninitialized: Layout(channelsLast: x.shape), dtype) : nil
        let ofWeight =
            norm.hasWeight && needs[1] ? Tensor(uninitialized: [channels, 3], dtype.realType) : nil
        let ofBias =
            norm.hasBias && needs[needs.count - 1] ? Tensor(uninitialized: [channels], dtype) : nil
        kernels.complexNormGradient(
            gradient.start, values.start, dtype, norm.plan(x.shape), means: means.start,
            covariances: covariances.start, epsilon: norm.epsilon,
            weight: weight?.start, bias: bias?.start, relu: norm.activation == .relu,
            constantMoments: norm.takesMoments, ofInput: ofInput?.base, ofWeight: ofWeight?.base,
            ofBias: ofBias?.base)
        var results: [Tensor] = []
        if let ofInput { results.append(ofInput) }
        if let ofWeight { results.append(ofWeight.converted(to: operands.weight!.dtype)) }
        if let ofBias { results.append(ofBias) }
        return results
    }
}
