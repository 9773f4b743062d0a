import Apus

/// What the forms of `LPPool` share.
public class LPPool: Module {
    /// The exponent of the norm, not 0.
    public let p: Double
    /// Positions of a window along each spatial axis.
    public let size: Extents
    /// From one window to the next along each spatial axis; nil is the size.
    public let stride: Extents?
    /// Whether a last window may reach beyond the end; it then counts as if what is missing were as large as the
    /// rest.
    public let ceilMode: Bool

    /// - Parameters:
    ///   - p: the norm's exponent.
    ///   - stride: from one window to the next; nil is the size.
    public init(_ p: Double, _ size: Extents, stride: Extents? = nil, ceilMode: Bool = false) {
        self.p = p
        self.size = size
        self.stride = stride
        self.ceilMode = ceilMode
    }
}

/// (Σ xᵖ)^(1/p) of each window along the last axis of [batch, channels, length].
public final class LPPool1d: LPPool, Layer {
    /// [batch, channels, length], or without batch: each spatial extent n becomes ⌊(n − size) / stride⌋ + 1, rounded
    /// up in ceil mode.
    public func forward(_ x: Tensor) -> Tensor {
        x.lpPool1d(p, size, stride: stride, ceilMode: ceilMode)
    }
}

/// (Σ xᵖ)^(1/p) of each window of planes [batch, channels, height, width].
public final class LPPool2d: LPPool, Layer {
    /// [batch, channels, height, width], or without batch: each spatial extent n becomes ⌊(n − size) / stride⌋ + 1,
    /// rounded up in ceil mode.
    public func forward(_ x: Tensor) -> Tensor {
        x.lpPool2d(p, size, stride: stride, ceilMode: ceilMode)
    }
}

/// (Σ xᵖ)^(1/p) of each window of volumes [batch, channels, depth, height, width].
public final class LPPool3d: LPPool, Layer {
    /// [batch, channels, depth, height, width], or without batch: each spatial extent n becomes ⌊(n − size) / stride⌋
    /// + 1, rounded up in ceil mode.
    public func forward(_ x: Tensor) -> Tensor {
        x.lpPool3d(p, size, stride: stride, ceilMode: ceilMode)
    }
}
