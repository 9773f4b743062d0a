import Apus
import ApusNN

/// A convolution without bias, batch normalisation and ReLU: what the Inception networks are made of.
///
/// State: `conv.weight`, and `bn.…` of the normalisation.
public final class InceptionConv: Module, Layer {
    /// Without bias.
    public let conv: Conv2d
    /// Of the convolution's channels, with ReLU.
    public let bn: BatchNorm2d

    /// - Parameter std: the standard deviation of the weights at the start. The references cut them at ±2,
    ///   which is too far away to matter.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Extents, stride: Extents = 1, padding: Extents = 0,
        std: Double,
        using generator: RandomGenerator = .default
    ) {
        conv = Conv2d(
            inputs, outputs, kernel: kernel, stride: stride, padding: .symmetric(padding), bias: false,
            using: generator
        ).initialized(.normal(mean: 0, std: std), using: generator)
        bn = BatchNorm2d(outputs, epsilon: 1e-3, activation: .relu)
    }

    /// [batch, inputs, height, width] to [batch, outputs, height, width], smaller by stride and kernel.
    public func forward(_ x: Tensor) -> Tensor { bn(conv(x)) }
}
