import Apus

/// The largest element of each window along the last axis of [batch, channels, length].
public typealias MaxPool1d = MaxPool<1>
/// The largest element of each window of planes [batch, channels, height, width].
public typealias MaxPool2d = MaxPool<2>
/// The largest element of each window of volumes [batch, channels, depth, height, width].
public typealias MaxPool3d = MaxPool<3>

/// The largest element of each window along one to three spatial axes. See `Tensor.maxPool2d`.
public final class MaxPool<let axes: Int>: Module, Layer {
    private let options: WindowOptions
    private let operation = "maxPool\(axes)d"
    /// What is applied to the result, as part of the operation.
    public let activation: FusedActivation

    /// - Parameter stride: from one window to the next; nil is the size.
    public init(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, activation: FusedActivation = .none
    ) {
        checkAxes(axes, "MaxPool\(axes)d")
        options = WindowOptions(
            size: size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
        self.activation = activation
    }

    /// Positions of a window along each spatial axis.
    public var size: Extents { options.size }
    /// From one window to the next along each spatial axis; nil is the size.
    public var stride: Extents? { options.stride }
    /// Positions beyond both ends of each spatial axis that are never the largest, half a window at most.
    public var padding: Extents { options.padding }
    /// From one position of a window to its next along each spatial axis.
    public var dilation: Extents { options.dilation }
    /// Whether a last window may reach beyond the end, if it begins inside the input or the padding before.
    public var ceilMode: Bool { options.ceilMode }

    /// [batch, channels, spatial axes…], or without batch: each spatial extent n becomes
    /// ⌊(n + 2·padding − dilation·(size − 1) − 1) / stride⌋ + 1, rounded up in ceil mode.
    public func forward(_ x: Tensor) -> Tensor {
        x.maxPool(
            operation, axes: axes, options, activation: activation, wantsIndices: false, at: nil
        ).values
    }

    /// The largest elements without the activation, and where each stood, for `MaxUnpool`.
    public func withIndices(_ x: Tensor) -> (values: Tensor, indices: Tensor) {
        let (values, indices) = x.maxPool(
            operation, axes: axes, options, wantsIndices: true, at: nil)
        return (values, indices!)
    }
}
