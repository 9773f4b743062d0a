import Apus

/// What the forms of `MaxPool` share.
public class MaxPooling: Module {
    public let size: Extents
    public let stride: Extents?
    public let padding: Extents
    public let dilation: Extents
    public let ceilMode: Bool
    /// What is applied to the result, as part of the operation.
    public let activation: FusedActivation

    /// - Parameter stride: from one window to the next; nil is the size.
    public init(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, activation: FusedActivation = .none
    ) {
        self.size = size
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.ceilMode = ceilMode
        self.activation = activation
    }
}

/// The largest element of each window along the last axis of [batch, channels, length].
public final class MaxPool1d: MaxPooling, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.maxPool1d(
            size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode,
            activation: activation)
    }

    /// The largest elements without the activation, and where each stood, for `MaxUnpool1d`.
    public func withIndices(_ x: Tensor) -> (values: Tensor, indices: Tensor) {
        x.maxPool1dWithIndices(
            size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }
}

/// The largest element of each window of planes [batch, channels, height, width].
public final class MaxPool2d: MaxPooling, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.maxPool2d(
            size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode,
            activation: activation)
    }

    /// The largest elements without the activation, and where each stood, for `MaxUnpool2d`.
    public func withIndices(_ x: Tensor) -> (values: Tensor, indices: Tensor) {
        x.maxPool2dWithIndices(
            size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }
}

/// The largest element of each window of volumes [batch, channels, depth, height, width].
public final class MaxPool3d: MaxPooling, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.maxPool3d(
            size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode,
            activation: activation)
    }

    /// The largest elements without the activation, and where each stood, for `MaxUnpool3d`.
    public func withIndices(_ x: Tensor) -> (values: Tensor, indices: Tensor) {
        x.maxPool3dWithIndices(
            size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }
}
