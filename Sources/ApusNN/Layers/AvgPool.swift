import Apus

/// What the forms of `AvgPool` share.
public class AvgPool: Module {
    /// Positions of a window along each spatial axis.
    public let size: Extents
    /// From one window to the next along each spatial axis; nil is the size.
    public let stride: Extents?
    /// Zeros beyond both ends of each spatial axis, half a window at most.
    public let padding: Extents
    /// Whether a last window may reach beyond the end, if it begins inside the input or the padding before.
    public let ceilMode: Bool
    /// Whether the zeros of the padding count as elements.
    public let countIncludePad: Bool
    /// What sums are divided by; nil is the number of elements.
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
public final class AvgPool1d: AvgPool, Layer {
    /// [batch, channels, length], or without batch: each spatial extent n becomes ⌊(n + 2·padding − size) / stride⌋ +
    /// 1, rounded up in ceil mode.
    public func forward(_ x: Tensor) -> Tensor {
        x.avgPool1d(
            size, stride: stride, padding: padding, ceilMode: ceilMode, countIncludePad: countIncludePad,
            divisorOverride: divisorOverride)
    }
}

/// The average of each window of planes [batch, channels, height, width].
public final class AvgPool2d: AvgPool, Layer {
    /// [batch, channels, height, width], or without batch: each spatial extent n becomes ⌊(n + 2·padding − size) /
    /// stride⌋ + 1, rounded up in ceil mode.
    public func forward(_ x: Tensor) -> Tensor {
        x.avgPool2d(
            size, stride: stride, padding: padding, ceilMode: ceilMode, countIncludePad: countIncludePad,
            divisorOverride: divisorOverride)
    }
}

/// The average of each window of volumes [batch, channels, depth, height, width].
public final class AvgPool3d: AvgPool, Layer {
    /// [batch, channels, depth, height, width], or without batch: each spatial extent n becomes ⌊(n + 2·padding −
    /// size) / stride⌋ + 1, rounded up in ceil mode.
    public func forward(_ x: Tensor) -> Tensor {
        x.avgPool3d(
            size, stride: stride, padding: padding, ceilMode: ceilMode, countIncludePad: countIncludePad,
            divisorOverride: divisorOverride)
    }
}
