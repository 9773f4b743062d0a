import Apus
import ApusCore

/// (x − mean) / std for each channel of tensors [..., channels, height, width].
public struct Normalize: Sendable {
    /// What becomes 0, for each channel.
    public let mean: [Double]
    /// The difference that becomes 1, for each channel.
    public let std: [Double]

    /// - Parameters:
    ///   - mean: what becomes 0, for each channel.
    ///   - std: the difference that becomes 1, as many, none of them 0.
    public init(mean: [Double], std: [Double]) {
        if mean.isEmpty || mean.count != std.count || std.contains(0) {
            fail("Normalize", "means \(mean) and deviations \(std)")
        }
        (self.mean, self.std) = (mean, std)
    }

    /// A tensor of the same shape and type.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        if x.rank < 3 || x.shape[x.rank - 3] != mean.count || !x.dtype.isFloatingPoint {
            fail("Normalize", "\(mean.count) channels of a \(x.dtype) tensor of shape \(x.shape)")
        }
        let shape: Shape = [mean.count, 1, 1]
        return (x - Tensor(mean, shape: shape, dtype: x.dtype)) / Tensor(std, shape: shape, dtype: x.dtype)
    }
}
