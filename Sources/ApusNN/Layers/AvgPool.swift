import Apus

/// The average of each window along the last axis of [batch, channels, length].
public typealias AvgPool1d = AvgPool<1>
/// The average of each window of planes [batch, channels, height, width].
public typealias AvgPool2d = AvgPool<2>
/// The average of each window of volumes [batch, channels, depth, height, width].
public typealias AvgPool3d = AvgPool<3>

/// The average of each window along one to three spatial axes. See `Tensor.avgPool2d`.
public final class AvgPool<let axes: Int>: Module, Layer {
    private let options: WindowOptions
    private let operation = "avgPool\(axes)d"
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
        checkAxes(axes, "AvgPool\(axes)d")
        options = WindowOptions(size: size, stride: stride, padding: padding, ceilMode: ceilMode)
        self.countIncludePad = countIncludePad
        self.divisorOverride = divisorOverride
    }

    /// Positions of a window along each spatial axis.
    public var size: Extents { options.size }
    /// From one window to the next along each spatial axis; nil is the size.
    public var stride: Extents? { options.stride }
    /// Zeros beyond both ends of each spatial axis, half a window at most.
    public var padding: Extents { options.padding }
    /// Whether a last window may reach beyond the end, if it begins inside the input or the padding before.
    public var ceilMode: Bool { options.ceilMode }

    /// [batch, channels, spatial axes…], or without batch: each spatial extent n becomes
    /// ⌊(n + 2·padding − size) / stride⌋ + 1, rounded up in ceil mode.
    public func forward(_ x: Tensor) -> Tensor {
        x.avgPool(
            operation, axes: axes, options, countsPadding: countIncludePad, divisor: divisorOverride,
            at: nil)
    }
}
