import Apus

/// The windows of planes as columns: [N, C, H, W] → [N, C·kh·kw, windows].
public final class Unfold: Module, Layer {
    /// Height and width of a window.
    public let size: Extents
    /// From one position of a window to its next, down and along.
    public let dilation: Extents
    /// Zeros beyond both ends of height and width.
    public let padding: Extents
    /// From one window to the next, down and along.
    public let stride: Extents

    /// - Parameters:
    ///   - size: height and width of a window.
    ///   - dilation: from one position of a window to its next.
    ///   - padding: zeros beyond both ends.
    ///   - stride: from one window to the next.
    public init(_ size: Extents, dilation: Extents = 1, padding: Extents = 0, stride: Extents = 1) {
        self.size = size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride
    }

    /// [N, C, H, W] to [N, C·kh·kw, windows], or without batch: `F.unfold` of PyTorch.
    public func forward(_ x: Tensor) -> Tensor {
        x.unfoldImage(size, dilation: dilation, padding: padding, stride: stride)
    }
}

/// Columns back into planes: [N, C·kh·kw, windows] → [N, C, H, W]; where windows overlap, they add up.
public final class Fold: Module, Layer {
    /// H and W of the result.
    public let planes: Extents
    /// Height and width of a window.
    public let size: Extents
    /// From one position of a window to its next, down and along.
    public let dilation: Extents
    /// Positions beyond both ends of height and width, which are left out.
    public let padding: Extents
    /// From one window to the next, down and along.
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

    /// [N, C·kh·kw, windows] to [N, C, H, W], or without batch: `F.fold` of PyTorch.
    public func forward(_ x: Tensor) -> Tensor {
        x.foldImage(planes, size, dilation: dilation, padding: padding, stride: stride)
    }
}
