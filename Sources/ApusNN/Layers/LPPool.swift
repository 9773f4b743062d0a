import Apus

/// (Σ xᵖ)^(1/p) of each window along the last axis of [batch, channels, length].
public typealias LPPool1d = LPPool<1>
/// (Σ xᵖ)^(1/p) of each window of planes [batch, channels, height, width].
public typealias LPPool2d = LPPool<2>
/// (Σ xᵖ)^(1/p) of each window of volumes [batch, channels, depth, height, width].
public typealias LPPool3d = LPPool<3>

/// (Σ xᵖ)^(1/p) of each window along one to three spatial axes. See `Tensor.lpPool2d`.
public final class LPPool<let axes: Int>: Module, Layer {
    /// The exponent of the norm, not 0.
    public let p: Double
    /// Positions of a window along each spatial axis.
    public let size: Extents
    /// From one window to the next along each spatial axis; nil is the size.
    public let stride: Extents?
    /// Whether a last window may reach beyond the end; it then counts as if what is missing were as large as the
    /// rest.
    public let ceilMode: Bool
    private let operation = "lpPool\(axes)d"

    /// - Parameters:
    ///   - p: the norm's exponent.
    ///   - stride: from one window to the next; nil is the size.
    public init(_ p: Double, _ size: Extents, stride: Extents? = nil, ceilMode: Bool = false) {
        checkAxes(axes, "LPPool\(axes)d")
        self.p = p
        self.size = size
        self.stride = stride
        self.ceilMode = ceilMode
    }

    /// [batch, channels, spatial axes…], or without batch: each spatial extent n becomes ⌊(n − size) / stride⌋ + 1,
    /// rounded up in ceil mode.
    public func forward(_ x: Tensor) -> Tensor {
        x.lpPool(
            operation, axes: axes, exponent: p,
            WindowOptions(size: size, stride: stride, ceilMode: ceilMode), at: nil)
    }
}
