import Apus

/// What the forms of `LPPool` share.
public class LPPooling: Module {
    public let p: Double
    public let size: Extents
    public let stride: Extents?
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
public final class LPPool1d: LPPooling, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.lpPool1d(p, size, stride: stride, ceilMode: ceilMode)
    }
}

/// (Σ xᵖ)^(1/p) of each window of planes [batch, channels, height, width].
public final class LPPool2d: LPPooling, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.lpPool2d(p, size, stride: stride, ceilMode: ceilMode)
    }
}

/// (Σ xᵖ)^(1/p) of each window of volumes [batch, channels, depth, height, width].
public final class LPPool3d: LPPooling, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor {
        x.lpPool3d(p, size, stride: stride, ceilMode: ceilMode)
    }
}
