import Apus

/// A layer that other parameters make scale and move each channel of its result: what takes in a batch
/// normalisation that follows.
public protocol ScalableLayer: Layer {
    /// The channels of the result.
    var outputs: Int { get }

    /// A layer whose result is this one's times `scale` plus `shift`, an element of each for every output channel.
    func scaled(by scale: Tensor, shift: Tensor) -> Self
}

extension ScalableLayer {
    /// The layer that alone gives what this one and then `norm` give in evaluation: its weights times
    /// γ / √(σ² + ε), its bias β + (b − μ)·γ / √(σ² + ε).
    ///
    /// For the `fused()` of models: a model calls the layer and then the normalisation that are returned, if any.
    ///
    /// - Returns: the layer and no normalisation; both as they are where `norm` has no running statistics, since it
    ///   then needs the batch's, or where it is nil or for another number of channels.
    public func folding<Norm: BatchNorm>(_ norm: Norm?) -> (layer: Self, norm: Norm?) {
        guard let norm, norm.channels == outputs, let mean = norm.runningMean,
            let variance = norm.runningVariance
        else { return (self, norm) }
        norm.requireEvaluation()
        return withoutGradient {
            var scale = (variance.value.to(.float64) + norm.epsilon).rsqrt()
            if let weight = norm.weight { scale = scale * weight.value }
            var shift = -mean.value * scale
            if let bias = norm.bias { shift = shift + bias.value }
            let result = scaled(by: scale.detach(), shift: shift.detach())
            restoringModes { result.evaluate() }
            return (result, nil)
        }
    }
}

extension Module {
    /// Stops the program in training, where batch normalisations cannot be folded.
    func requireEvaluation() {
        if isTraining {
            fail(
                "fused",
                "\(type(of: self)) is in training; call evaluate() first: a batch's moments cannot be folded")
        }
    }
}
