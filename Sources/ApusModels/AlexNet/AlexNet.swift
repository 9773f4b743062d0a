import Apus
import ApusNN

/// The network that won ImageNet's challenge of 2012 (Krizhevsky et al. 2012), as it is without the halves
/// for two processors (Krizhevsky 2014): [batch, 3, height, width], from 63×63, to [batch, classes].
///
/// The state has torchvision's names: `features.0.weight`, …, `classifier.6.bias`.
public final class AlexNet: Module, Layer {
    /// How many classes there are.
    public struct Configuration: ClassifierConfiguration, Codable, Sendable, Equatable {
        /// How many numbers the last layer gives for an image.
        public var classes: Int

        /// For the classes of ImageNet unless others are given.
        public init(classes: Int = 1000) { self.classes = classes }

        /// For ImageNet, 61,100,840 parameters.
        public static let alexNet = Configuration()
    }

    /// Five convolutions with ReLU, and max pooling after the first, the second and the fifth.
    public let features: Sequential
    /// Three linear layers, with dropout before the first two and ReLU after them.
    public let classifier: Sequential

    /// Weights and biases start uniform in ±1/√(weights of an output).
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        checkClasses(configuration.classes, "AlexNet")
        features = Sequential(
            Conv2d(3, 64, kernel: 11, stride: 4, padding: 2, using: generator), ReLU(),
            MaxPool2d(3, stride: 2),
            Conv2d(64, 192, kernel: 5, padding: 2, using: generator), ReLU(),
            MaxPool2d(3, stride: 2),
            Conv2d(192, 384, kernel: 3, padding: 1, using: generator), ReLU(),
            Conv2d(384, 256, kernel: 3, padding: 1, using: generator), ReLU(),
            Conv2d(256, 256, kernel: 3, padding: 1, using: generator), ReLU(),
            MaxPool2d(3, stride: 2))
        classifier = Sequential(
            Dropout(), Linear(256 * 6 * 6, 4096, using: generator), ReLU(),
            Dropout(), Linear(4096, 4096, using: generator), ReLU(),
            Linear(4096, configuration.classes, using: generator))
    }

    /// [batch, 3, height, width] to [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        checkImages(x, smallest: 63, "AlexNet")
        return classifier(features(x).adaptiveAvgPool2d(6).flatten(from: 1))
    }
}
