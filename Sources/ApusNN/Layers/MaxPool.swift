import Apus

/// What the forms of `MaxPool` share.
public class MaxPool: Module {
    /// Positions of a window along each spatial axis.
    public let size: Extents
    /// From one window to the next along each spatial axis; nil is the size.
    public let stride: Extents?
    /// Positions beyond both ends of each spatial axis that are never the largest, half a window at most.
    public let padding: Extents
    /// From one position of a window to its next along each spatial axis.
    public let dilation: Extents
    /// Whether a last window may reach beyond the end, if it begins inside the input or the padding before.
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
public final class MaxPool1d: MaxPool, Layer {
    /// [batch, channels, length], or without batch: each spatial extent n becomes ⌊(n + 2·padding − dilation·(size −
    /// 1) − 1) / stride⌋ + 1, rounded up in ceil mode.
    public func forward(_ x: Tensor) -> Tensor {
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
public final class MaxPool2d: MaxPool, Layer {
    /// [batch, channels, height, width], or without batch: each spatial extent n becomes ⌊(n + 2·padding −
    /// dilation·(size − 1) − 1) / stride⌋ + 1, rounded up in ceil mode.
    public func forward(_ x: Tensor) -> Tensor {
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
public final class MaxPool3d: MaxPool, Layer {
    /// [batch, channels, depth, height, width], or without batch: each spatial extent n becomes ⌊(n + 2·padding −
    /// dilation·(size − 1) − 1) / stride⌋ + 1, rounded up in ceil mode.
    public func forward(_ x: Tensor) -> Tensor {
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
