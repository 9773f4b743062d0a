import Apus
import ApusNN

/// A network for gray images made into one for 28×28 digits, which come as images or as rows of 784 numbers.
///
/// The state has the network's names after `network.`.
public final class DigitNetwork: Module, Layer {
    /// From [batch, 1, 28, 28] to the classes.
    public let network: any Layer

    /// - Parameter network: for images of one channel.
    public init(_ network: any Layer) { self.network = network }

    /// [batch, 784] or [batch, 1, 28, 28] to [batch, classes].
    public func forward(_ x: Tensor) -> Tensor { network(x.reshape([-1, 1, 28, 28])) }
}

extension HorNet.Configuration {
    /// Two stages, on 14×14 patches of 28×28 digits: 86,482 parameters.
    public static let digits: Self = {
        var c = Self(width: 24, stochasticDepth: 0.05)
        (c.depths, c.orders) = ([2, 2], [2, 3])
        c.filters = [.depthwise(kernel: 7), .depthwise(kernel: 7)]
        (c.channels, c.classes, c.patch, c.layerScale) = (1, 10, 2, 0.1)
        return c
    }()
}

extension EfficientNet.Configuration {
    /// Three stages whose first convolution keeps the extent of 28×28 digits: 51,038 parameters.
    public static let digits: Self = {
        var c = Self(
            stem: 8,
            stages: [
                .init(expansion: 1, kernel: 3, outputs: 16, repeats: 1, stride: 2),
                .init(expansion: 4, kernel: 3, outputs: 24, repeats: 2, stride: 1),
                .init(expansion: 4, kernel: 5, outputs: 40, repeats: 2, stride: 2),
            ], head: 160, resolution: 28, dropout: 0.1)
        (c.channels, c.classes, c.stemStride, c.stochasticDepth) = (1, 10, 1, 0.05)
        return c
    }()
}
