import Apus

// How the layers with weights take in a batch normalisation that follows; see `ScalableLayer`. Of those made of several
// convolutions the last does.

extension Convolution: ScalableLayer {
    /// The first extent of the weight.
    public var outputs: Int { weight.shape[0] }

    /// The convolution with weights of each output channel times `scale`, and the bias b·scale + shift.
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
    /// The second extent of the weight times the groups.
    public var outputs: Int { weight.shape[1] * groups }

    /// The transposed convolution with weights of each output channel times `scale`, and the bias b·scale + shift.
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
    /// The first extent of the weight.
    public var outputs: Int { weight.shape[0] }

    /// The layer with rows of the weight times `scale`, and the bias b·scale + shift.
    public func scaled(by scale: Tensor, shift: Tensor) -> Linear {
        let parameters = scaledParameters(weight.value, bias, scale.reshape([-1, 1]), scale, shift)
        return Linear(weight: parameters.weight, bias: parameters.bias)
    }
}

extension DepthwiseSeparableConv2d: ScalableLayer {
    /// Those of the pointwise convolution.
    public var outputs: Int { pointwise.outputs }

    /// With the pointwise convolution scaled; the depthwise one is shared with this layer.
    public func scaled(by scale: Tensor, shift: Tensor) -> DepthwiseSeparableConv2d {
        DepthwiseSeparableConv2d(
            depthwise: depthwise, pointwise: pointwise.scaled(by: scale, shift: shift))
    }
}

extension SpatiallySeparableConv2d: ScalableLayer {
    /// Those of the horizontal convolution.
    public var outputs: Int { horizontal.outputs }

    /// With the horizontal convolution scaled; the vertical one is shared with this layer.
    public func scaled(by scale: Tensor, shift: Tensor) -> SpatiallySeparableConv2d {
        SpatiallySeparableConv2d(
            vertical: vertical, horizontal: horizontal.scaled(by: scale, shift: shift))
    }
}

extension FlattenedConv2d: ScalableLayer {
    /// Those of the horizontal convolution.
    public var outputs: Int { horizontal.outputs }

    /// With the horizontal convolution scaled; the other two are shared with this layer.
    public func scaled(by scale: Tensor, shift: Tensor) -> FlattenedConv2d {
        FlattenedConv2d(
            lateral: lateral, vertical: vertical, horizontal: horizontal.scaled(by: scale, shift: shift))
    }
}

extension ShuffledGroupedConv2d: ScalableLayer {
    /// Those of the second convolution.
    public var outputs: Int { second.outputs }

    /// With the second convolution scaled; the first is shared with this layer.
    public func scaled(by scale: Tensor, shift: Tensor) -> ShuffledGroupedConv2d {
        ShuffledGroupedConv2d(first: first, second: second.scaled(by: scale, shift: shift))
    }
}

extension ResizeConv2d: ScalableLayer {
    /// Those of the convolution.
    public var outputs: Int { conv.outputs }

    /// With the convolution scaled, on planes enlarged as by this layer.
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
