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
            result.evaluate()
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

extension Convolution: ScalableLayer {
    public var outputs: Int { weight.shape[0] }

    public func scaled(by scale: Tensor, shift: Tensor) -> Self {
        let parameters = scaledParameters(
            weight.value, bias, scale.reshape([-1] + weight.shape.dropFirst().map { _ in 1 }), scale, shift)
        return Self(
            weight: parameters.weight, bias: parameters.bias, stride: stride, padding: padding,
            dilation: dilation, groups: groups, paddingMode: paddingMode)
    }
}

// The forms of transposed convolution are layers, each for itself: their common class is not.
extension ConvTranspose1d: ScalableLayer {}
extension ConvTranspose2d: ScalableLayer {}
extension ConvTranspose3d: ScalableLayer {}

extension ConvolutionTransposed {
    public var outputs: Int { weight.shape[1] * groups }

    public func scaled(by scale: Tensor, shift: Tensor) -> Self {
        let (shape, kernel) = (weight.shape, weight.shape.dropFirst(2).map { _ in 1 })
        let grouped = weight.value.reshape([groups, shape[0] / groups] + shape.dropFirst())
        let parameters = scaledParameters(
            grouped, bias, scale.reshape([groups, 1, shape[1]] + kernel), scale, shift)
        return Self(
            weight: Parameter(parameters.weight.value.detach().reshape(shape)), bias: parameters.bias,
            stride: stride, padding: padding, outputPadding: outputPadding, dilation: dilation, groups: groups
        )
    }
}

extension Linear: ScalableLayer {
    public var outputs: Int { weight.shape[0] }

    public func scaled(by scale: Tensor, shift: Tensor) -> Linear {
        let parameters = scaledParameters(weight.value, bias, scale.reshape([-1, 1]), scale, shift)
        return Linear(weight: parameters.weight, bias: parameters.bias)
    }
}

extension DepthwiseSeparableConv2d: ScalableLayer {
    public var outputs: Int { pointwise.outputs }

    public func scaled(by scale: Tensor, shift: Tensor) -> DepthwiseSeparableConv2d {
        DepthwiseSeparableConv2d(
            depthwise: depthwise, pointwise: pointwise.scaled(by: scale, shift: shift))
    }
}

extension ResizeConv2d: ScalableLayer {
    public var outputs: Int { conv.outputs }

    public func scaled(by scale: Tensor, shift: Tensor) -> ResizeConv2d {
        ResizeConv2d(scale: self.scale, mode: mode, conv: conv.scaled(by: scale, shift: shift))
    }
}

/// The parameters of a scaled layer, in the type of its own.
///
/// - Parameter factors: `scale` in a shape that goes with the weight's.
private func scaledParameters(
    _ weight: Tensor, _ bias: Parameter?, _ factors: Tensor, _ scale: Tensor, _ shift: Tensor
) -> (weight: Parameter, bias: Parameter) {
    let moved = bias.map { $0.value * scale + shift } ?? shift
    return (Parameter((weight * factors).to(weight.dtype)), Parameter(moved.to(weight.dtype)))
}
