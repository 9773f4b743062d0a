import Apus

/// Channels become positions: [.., C·r², H, W] → [.., C, rH, rW] (Shi et al. 2016).
public final class PixelShuffle: Module, Layer {
    public let factor: Int

    public init(_ factor: Int) { self.factor = factor }

    public func callAsFunction(_ x: Tensor) -> Tensor { x.pixelShuffle(factor) }
}

/// Positions become channels: [.., C, rH, rW] → [.., C·r², H, W].
public final class PixelUnshuffle: Module, Layer {
    public let factor: Int

    public init(_ factor: Int) { self.factor = factor }

    public func callAsFunction(_ x: Tensor) -> Tensor { x.pixelUnshuffle(factor) }
}
