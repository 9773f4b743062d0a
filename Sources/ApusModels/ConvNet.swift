import Apus
import ApusNN

/// A small convolutional network for single-channel images: 3×3 convolutions with ReLU and 2×2 max pooling,
/// then two linear layers.
///
/// Weights start normally distributed as He et al. (2015) have it for ReLU, biases at zero: uniform starts are
/// behind after 400 steps on MNIST.
///
/// State names: `layers.0.weight`, …, by the layers' index; of separable convolutions `layers.3.depthwise.weight`, ….
public final class ConvNet: Module, Layer {
    /// The size of the images, and the widths of the layers.
    public struct Configuration: Codable, Sendable, Equatable {
        /// Height and width of the images; each convolution is followed by pooling that halves them.
        public var extent: Int
        /// Channels after each convolution.
        public var channels: [Int]
        /// Width of the first linear layer.
        public var hidden: Int
        /// How many logits there are.
        public var classes: Int
        /// Whether each convolution but the first is depthwise separable (Howard et al. 2017).
        public var isSeparable: Bool

        /// Standard convolutions unless `isSeparable` says otherwise.
        public init(extent: Int, channels: [Int], hidden: Int, classes: Int, isSeparable: Bool = false) {
            self.extent = extent
            self.channels = channels
            self.hidden = hidden
            self.classes = classes
            self.isSeparable = isSeparable
        }

        /// 28×28 images to ten classes, with 8 and 16 channels.
        public static let mnist = Configuration(extent: 28, channels: [8, 16], hidden: 128, classes: 10)
        /// The same with depthwise separable convolutions.
        public static let mnistSeparable = Configuration(
            extent: 28, channels: [8, 16], hidden: 128, classes: 10, isSeparable: true)
    }

    /// From [batch, 1, extent, extent] to the logits.
    public let layers: Sequential
    private let extent: Int

    /// The program stops where the images cannot be halved as often as there are channels.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        extent = configuration.extent
        let channels = configuration.channels
        if channels.isEmpty || extent >> channels.count < 1 {
            fail(
                "ConvNet",
                "images of \(extent) × \(extent) cannot be halved \(channels.count) times, or not at all")
        }
        var layers: [any Layer] = []
        for (index, outputs) in channels.enumerated() {
            let inputs = index == 0 ? 1 : channels[index - 1]
            if configuration.isSeparable && index > 0 {
                layers.append(
                    DepthwiseSeparableConv2d(inputs, outputs, kernel: 3, padding: 1, using: generator))
            } else {
                layers.append(Conv2d(inputs, outputs, kernel: 3, padding: 1, using: generator))
            }
            // Pooling leaves a quarter of the elements for ReLU to pass over; names count it as a layer before that.
            layers += [Identity(), MaxPool2d(2, activation: .relu)]
        }
        let side = extent >> channels.count
        layers += [
            Flatten(),
            Linear(
                channels.last! * side * side, configuration.hidden, activation: .relu, using: generator),
            Identity(),
            Linear(configuration.hidden, configuration.classes, using: generator),
        ]
        self.layers = Sequential(layers)
        for parameter in self.layers.parameters() {
            let shape = parameter.shape
            parameter.value =
                shape.count == 1 ? .zeros(shape) : Initializer.heNormal()(shape, using: generator)
        }
    }

    /// - Parameter x: [batch, …] with extent² numbers an image.
    public func forward(_ x: Tensor) -> Tensor { layers(x.reshape([-1, 1, extent, extent])) }
}
