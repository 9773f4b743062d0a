import Apus

/// What the forms of `AdaptiveAvgPool` share.
public class AdaptiveAvgPool: Module {
    /// The spatial extents of the result: one for all axes, or one for each; nil keeps the input's.
    public let size: AdaptiveExtents

    /// - Parameter size: the spatial extents of the result; nil keeps that of the input.
    public init(_ size: AdaptiveExtents) { self.size = size }
}

/// The average of each of a given number of parts along the last axis of [batch, channels, length].
public final class AdaptiveAvgPool1d: AdaptiveAvgPool, Layer {
    /// [batch, channels, length], or without batch, to the same with `size` as spatial extents.
    public func forward(_ x: Tensor) -> Tensor { x.adaptiveAvgPool1d(size) }
}

/// The average of each of a given number of parts of planes [batch, channels, height, width].
public final class AdaptiveAvgPool2d: AdaptiveAvgPool, Layer {
    /// [batch, channels, height, width], or without batch, to the same with `size` as spatial extents.
    public func forward(_ x: Tensor) -> Tensor { x.adaptiveAvgPool2d(size) }
}

/// The average of each of a given number of parts of volumes [batch, channels, depth, height, width].
public final class AdaptiveAvgPool3d: AdaptiveAvgPool, Layer {
    /// [batch, channels, depth, height, width], or without batch, to the same with `size` as spatial extents.
    public func forward(_ x: Tensor) -> Tensor { x.adaptiveAvgPool3d(size) }
}
