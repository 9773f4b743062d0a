import Apus

/// The average of each of a given number of parts along the last axis of [batch, channels, length].
public typealias AdaptiveAvgPool1d = AdaptiveAvgPool<1>
/// The average of each of a given number of parts of planes [batch, channels, height, width].
public typealias AdaptiveAvgPool2d = AdaptiveAvgPool<2>
/// The average of each of a given number of parts of volumes [batch, channels, depth, height, width].
public typealias AdaptiveAvgPool3d = AdaptiveAvgPool<3>

/// The average of each of a given number of parts along one to three spatial axes. See `Tensor.adaptiveAvgPool2d`.
public final class AdaptiveAvgPool<let axes: Int>: Module, Layer {
    /// The spatial extents of the result: one for all axes, or one for each; nil keeps the input's.
    public let size: AdaptiveExtents
    private let operation = "adaptiveAvgPool\(axes)d"

    /// - Parameter size: the spatial extents of the result; nil keeps that of the input.
    public init(_ size: AdaptiveExtents) {
        checkAxes(axes, "AdaptiveAvgPool\(axes)d")
        self.size = size
    }

    /// [batch, channels, spatial axes…], or without batch, to the same with `size` as spatial extents.
    public func forward(_ x: Tensor) -> Tensor {
        x.adaptiveAvgPool(operation, axes: axes, size, at: nil)
    }
}
