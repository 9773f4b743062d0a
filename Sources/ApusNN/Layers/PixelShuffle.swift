import Apus

/// Channels become positions: [.., C·r², H, W] → [.., C, rH, rW] (Shi et al. 2016).
public final class PixelShuffle: Module, Layer {
    /// r, at least 1.
    public let factor: Int

    /// - Parameter factor: r, what height and width are multiplied with.
    public init(_ factor: Int) { self.factor = factor }

    /// [.., C·r², H, W] to [.., C, r·H, r·W]; the program stops where r² does not divide the channels.
    public func forward(_ x: Tensor) -> Tensor { x.pixelShuffle(factor) }
}

/// Positions become channels: [.., C, rH, rW] → [.., C·r², H, W].
public final class PixelUnshuffle: Module, Layer {
    /// r, at least 1.
    public let factor: Int

    /// - Parameter factor: r, what height and width are divided by.
    public init(_ factor: Int) { self.factor = factor }

    /// [.., C, r·H, r·W] to [.., C·r², H, W]; the program stops where r does not divide height and width.
    public func forward(_ x: Tensor) -> Tensor { x.pixelUnshuffle(factor) }
}
