import Apus

/// The windows of planes as columns: [N, C, H, W] → [N, C·kh·kw, windows].
public final class Unfold: Module, Layer {
    public let size: Extents
    public let dilation: Extents
    public let padding: Extents
    public let stride: Extents

    public init(_ size: Extents, dilation: Extents = 1, padding: Extents = 0, stride: Extents = 1) {
        self.size = size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.unfoldImage(size, dilation: dilation, padding: padding, stride: stride)
    }
}

/// Columns back into planes: [N, C·kh·kw, windows] → [N, C, H, W]; where windows overlap, they add up.
public final class Fold: Module, Layer {
    public let planes: Extents
    public let size: Extents
    public let dilation: Extents
    public let padding: Extents
    public let stride: Extents

    /// - Parameter planes: H and W.
    public init(
        _ planes: Extents, _ size: Extents, dilation: Extents = 1, padding: Extents = 0, stride: Extents = 1
    ) {
        self.planes = planes
        self.size = size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.foldImage(planes, size, dilation: dilation, padding: padding, stride: stride)
    }
}
