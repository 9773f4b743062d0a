import Apus
import ApusNN

/// Draws 28×28 images from noise by transposed convolutions (Radford et al. 2016, "Unsupervised representation learning with
/// deep convolutional generative adversarial networks").
///
/// The noise becomes 7×7, then 14×14, then 28×28 pixels, with batch normalisation and ReLU between. Weights start normally
/// distributed with a standard deviation of 0.02, as the paper has it.
public final class DCGANGenerator: Module, Layer {
    /// The size of the noise, and the widths of the layers.
    public struct Configuration: Codable, Sendable, Equatable {
        /// Numbers of noise for an image.
        public var noise: Int
        /// Channels at 14×14 pixels; twice as many at 7×7.
        public var channels: Int

        /// - Parameters:
        ///   - noise: numbers of noise for an image.
        ///   - channels: at 14×14 pixels; twice as many at 7×7.
        public init(noise: Int = 64, channels: Int = 32) {
            self.noise = noise
            self.channels = channels
        }
    }

    /// Numbers of noise for an image.
    public let noise: Int
    /// From [batch, noise, 1, 1] to [batch, 1, 28, 28].
    public let layers: Sequential

    /// A generator with weights drawn from `generator`.
    public init(_ configuration: Configuration = Configuration(), using generator: RandomGenerator = .default)
    {
        noise = configuration.noise
        let channels = configuration.channels
        layers = Sequential(
            ConvTranspose2d(noise, 2 * channels, kernel: 7, bias: false, using: generator),
            BatchNorm2d(2 * channels, activation: .relu),
            ConvTranspose2d(
                2 * channels, channels, kernel: 4, stride: 2, padding: 1, bias: false, using: generator),
            BatchNorm2d(channels, activation: .relu),
            ConvTranspose2d(channels, 1, kernel: 4, stride: 2, padding: 1, using: generator), Tanh())
        super.init()
        drawWeights(of: self, using: generator)
    }

    /// Noise [batch, noise], normally distributed, to pixels [batch, 1, 28, 28] from -1 to 1.
    public func forward(_ x: Tensor) -> Tensor { layers(x.reshape([x.shape[0], noise, 1, 1])) }
}

/// Tells real images from drawn ones: strided convolutions with leaky ReLU, as the generator's counterpart.
public final class DCGANDiscriminator: Module, Layer {
    /// From [batch, 1, 28, 28] to [batch, 1, 1, 1].
    public let layers: Sequential

    /// - Parameter channels: at 14×14 pixels; twice as many at 7×7.
    public init(channels: Int = 32, using generator: RandomGenerator = .default) {
        layers = Sequential(
            Conv2d(1, channels, kernel: 4, stride: 2, padding: 1, using: generator), LeakyReLU(0.2),
            Conv2d(channels, 2 * channels, kernel: 4, stride: 2, padding: 1, bias: false, using: generator),
            BatchNorm2d(2 * channels), LeakyReLU(0.2),
            Conv2d(2 * channels, 1, kernel: 7, using: generator))
        super.init()
        drawWeights(of: self, using: generator)
    }

    /// Pixels [batch, 1, 28, 28] from -1 to 1 to logits [batch]: positive ones are for real images.
    public func forward(_ x: Tensor) -> Tensor { layers(x).flatten() }
}

/// The start of the paper's section 4; of batch normalisation around 1.
private func drawWeights(of module: Module, using generator: RandomGenerator) {
    for (name, parameter) in module.namedParameters() where name.hasSuffix("weight") {
        let mean = parameter.shape.count == 1 ? 1.0 : 0.0
        parameter.value = .normal(parameter.shape, mean: mean, std: 0.02, using: generator)
    }
    for (name, parameter) in module.namedParameters() where name.hasSuffix("bias") {
        parameter.value = .zeros(parameter.shape)
    }
}
