import Apus
import ApusNN

/// A small complex-valued convolutional network for single-channel images, after the example of deep complex networks
/// (Trabelsi et al. 2018): twice a convolution, a ReLU of both parts and pooling by modulus, whitening batch
/// normalisation, and two linear layers, whose moduli are the logits.
///
/// Images are the real parts of its input, about 0; imaginary parts are 0.
///
/// State names: `layers.0.weight`, …, by the layers' index.
public final class ComplexNet: Module, Layer {
    /// The size of the images, and the widths of the layers.
    public struct Configuration: Codable, Sendable, Equatable {
        /// Height and width of the images.
        public var extent: Int
        /// Channels of the two convolutions.
        public var channels: [Int]
        /// Height and width of the kernels.
        public var kernel: Int
        /// Width of the first linear layer.
        public var hidden: Int
        /// How many logits there are.
        public var classes: Int
        /// Share of the first linear layer's results that training sets to 0.
        public var dropout: Double
        /// Whether the normalisations keep running statistics for evaluation. Without them results depend on what else
        /// is in the batch, and one image alone cannot be normalised. Training is the same.
        public var tracksStatistics: Bool

        /// - Parameters:
        ///   - channels: two numbers, one for each convolution.
        ///   - dropout: share of the results of the first linear layer that training sets to 0.
        ///   - tracksStatistics: whether the normalisations keep running statistics for evaluation.
        public init(
            extent: Int, channels: [Int], kernel: Int, hidden: Int, classes: Int, dropout: Double = 0.3,
            tracksStatistics: Bool = true
        ) {
            self.extent = extent
            self.channels = channels
            self.kernel = kernel
            self.hidden = hidden
            self.classes = classes
            self.dropout = dropout
            self.tracksStatistics = tracksStatistics
        }

        /// 28×28 images to ten classes, with 10 and 20 channels.
        public static let mnist = Configuration(
            extent: 28, channels: [10, 20], kernel: 5, hidden: 500, classes: 10)
    }

    /// From complex [batch, 1, extent, extent] to complex logits.
    public let layers: Sequential
    private let extent: Int

    /// The program stops for other than two channels, and for images too small for two convolutions and halvings.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        extent = configuration.extent
        let channels = configuration.channels
        let side = ((extent - configuration.kernel + 1) / 2 - configuration.kernel + 1) / 2
        if channels.count != 2 || side < 1 {
            fail(
                "ComplexNet",
                "two convolutions with kernels of \(configuration.kernel), each followed by halving, do not make a "
                    + "network of channels \(channels) on images of \(extent) × \(extent)")
        }
        let tracks = configuration.tracksStatistics
        layers = Sequential(
            Conv2d(
                1, channels[0], kernel: Extents(configuration.kernel), dtype: .complex64, using: generator),
            CReLU(), ComplexMaxPool2d(2), ComplexBatchNorm2d(channels[0], trackRunningStatistics: tracks),
            Conv2d(
                channels[0], channels[1], kernel: Extents(configuration.kernel), dtype: .complex64,
                using: generator), CReLU(), ComplexMaxPool2d(2), Flatten(),
            Linear(channels[1] * side * side, configuration.hidden, dtype: .complex64, using: generator),
            Dropout(configuration.dropout), CReLU(),
            ComplexBatchNorm1d(configuration.hidden, trackRunningStatistics: tracks),
            Linear(configuration.hidden, configuration.classes, dtype: .complex64, using: generator))
    }

    /// - Parameter x: real, [batch, …] with extent² numbers between 0 and 1 an image.
    /// - Returns: real logits, [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        layers((x.reshape([-1, 1, extent, extent]) - 0.5).to(.complex64)).abs()
    }
}
