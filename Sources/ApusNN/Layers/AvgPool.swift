import Apus

/// What the forms of `AvgPool` share.
public class AvgPooling: Module {
    public let size: Extents
    public let stride: Extents?
    public let padding: Extents
    public let ceilMode: Bool
    public let countIncludePad: Bool
    public let divisorOverride: Int?

    /// - Parameters:
    ///   - stride: from one window to the next; nil is the size.
    ///   - countIncludePad: whether the zeros of the padding count as elements.
    ///   - divisorOverride: what sums are divided by instead of the number of elements.
    public init(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, ceilMode: Bool = false,
        countIncludePad: Bool = true, divisorOverride: Int? = nil
    ) {
        self.size = size
        self.stride = stride
        self.padding = padding
        self.ceilMode = ceilMode
        self.countIncludePad = countIncludePad
        self.divisorOverride = divisorOverride
    }
}

/// The average of each window along the last axis of [batch, channels, length].
public final class AvgPool1d: AvgPooling, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.avgPool1d(
            size, stride: stride, padding: padding, ceilMode: ceilMode, countIncludePad: countIncludePad,
            divisorOverride: divisorOverride)
    }
}

/// The average of each window of planes [batch, channels, height, width].
public final class AvgPool2d: AvgPooling, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.avgPool2d(
            size, stride: stride, padding: padding, ceilMode: ceilMode, countIncludePad: countIncludePad,
            divisorOverride: divisorOverride)
    }
}

/// The average of each window of volumes [batch, channels, depth, height, width].
public final class AvgPool3d: AvgPooling, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.avgPool3d(
            size, stride: stride, padding: padding, ceilMode: ceilMode, countIncludePad: countIncludePad,
            divisorOverride: divisorOverride)
    }
}
