import Apus

/// The largest element of each of a given number of parts along the last axis of [batch, channels, length].
public typealias AdaptiveMaxPool1d = AdaptiveMaxPool<1>
/// The largest element of each of a given number of parts of planes [batch, channels, height, width].
public typealias AdaptiveMaxPool2d = AdaptiveMaxPool<2>
/// The largest element of each of a given number of parts of volumes [batch, channels, depth, height, width].
public typealias AdaptiveMaxPool3d = AdaptiveMaxPool<3>

/// The largest element of each of a given number of parts along one to three spatial axes. See
/// `Tensor.adaptiveMaxPool2d`.
public final class AdaptiveMaxPool<let axes: Int>: Module, Layer {
    /// The spatial extents of the result: one for all axes, or one for each; nil keeps the input's.
    public let size: AdaptiveExtents
    private let operation = "adaptiveMaxPool\(axes)d"

    /// - Parameter size: the spatial extents of the result; nil keeps that of the input.
    public init(_ size: AdaptiveExtents) {
        checkAxes(axes, "AdaptiveMaxPool\(axes)d")
        self.size = size
    }

    /// [batch, channels, spatial axes…], or without batch, to the same with `size` as spatial extents.
    public func forward(_ x: Tensor) -> Tensor {
        x.adaptiveMaxPool(operation, axes: axes, size, wantsIndices: false, at: nil).values
    }

    /// The same, and where each maximum stood.
    public func withIndices(_ x: Tensor) -> (values: Tensor, indices: Tensor) {
        let (values, indices) = x.adaptiveMaxPool(operation, axes: axes, size, wantsIndices: true, at: nil)
        return (values, indices!)
    }
}
