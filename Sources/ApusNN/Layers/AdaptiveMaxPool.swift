import Apus

/// What the forms of `AdaptiveMaxPool` share.
public class AdaptiveMaxPool: Module {
    /// The spatial extents of the result: one for all axes, or one for each; nil keeps the input's.
    public let size: AdaptiveExtents

    /// - Parameter size: the spatial extents of the result; nil keeps that of the input.
    public init(_ size: AdaptiveExtents) { self.size = size }
}

/// The largest element of each of a given number of parts along the last axis of [batch, channels, length].
public final class AdaptiveMaxPool1d: AdaptiveMaxPool, Layer {
    /// [batch, channels, length], or without batch, to the same with `size` as spatial extents.
    public func forward(_ x: Tensor) -> Tensor { x.adaptiveMaxPool1d(size) }

    /// The same, and where each maximum stood.
    public func withIndices(_ x: Tensor) -> (values: Tensor, indices: Tensor) {
        x.adaptiveMaxPool1dWithIndices(size)
    }
}

/// The largest element of each of a given number of parts of planes [batch, channels, height, width].
public final class AdaptiveMaxPool2d: AdaptiveMaxPool, Layer {
    /// [batch, channels, height, width], or without batch, to the same with `size` as spatial extents.
    public func forward(_ x: Tensor) -> Tensor { x.adaptiveMaxPool2d(size) }

    /// The same, and where each maximum stood.
    public func withIndices(_ x: Tensor) -> (values: Tensor, indices: Tensor) {
        x.adaptiveMaxPool2dWithIndices(size)
    }
}

/// The largest element of each of a given number of parts of volumes [batch, channels, depth, height, width].
public final class AdaptiveMaxPool3d: AdaptiveMaxPool, Layer {
    /// [batch, channels, depth, height, width], or without batch, to the same with `size` as spatial extents.
    public func forward(_ x: Tensor) -> Tensor { x.adaptiveMaxPool3d(size) }

    /// The same, and where each maximum stood.
    public func withIndices(_ x: Tensor) -> (values: Tensor, indices: Tensor) {
        x.adaptiveMaxPool3dWithIndices(size)
    }
}
