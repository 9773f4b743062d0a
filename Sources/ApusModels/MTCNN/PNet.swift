import Apus
import ApusNN

/// The first network of MTCNN (Zhang et al. 2016), which looks at every window of 12×12 pixels: 6,632 parameters.
///
/// The state has the names of the package facenet_pytorch: `conv1.weight`, `prelu1.weight`, …, `conv4_2.bias`.
public final class PNet: Module {
    private let features: NamedSequential
    /// Of no face and of a face.
    private let classifier: Conv2d
    private let edges: Conv2d

    /// Weights and biases start uniform in ±1/√(weights of an output).
    public init(using generator: RandomGenerator = .default) {
        features = NamedSequential([
            ("conv1", Conv2d(3, 10, kernel: 3, using: generator)), ("prelu1", PReLU(10)),
            ("pool1", MaxPool2d(2, stride: 2, ceilMode: true)),
            ("conv2", Conv2d(10, 16, kernel: 3, using: generator)), ("prelu2", PReLU(16)),
            ("conv3", Conv2d(16, 32, kernel: 3, using: generator)), ("prelu3", PReLU(32)),
        ])
        classifier = Conv2d(32, 2, kernel: 1, using: generator)
        edges = Conv2d(32, 4, kernel: 1, using: generator)
    }

    public override var members: [(name: String, member: Member)] {
        features.members + [("conv4_1", .module(classifier)), ("conv4_2", .module(edges))]
    }

    /// What each window of 12×12 pixels shows, two pixels apart.
    ///
    /// - Parameter x: [batch, 3, height, width], from 12×12 pixels on, with bytes as (x − 127.5) / 128.
    /// - Returns: [batch, 2, rows, columns], the probabilities of no face and of a face, and [batch, 4, rows, columns],
    ///   how far the face's left, top, right and bottom edges are from the window's, over its width or height.
    public func callAsFunction(_ x: Tensor) -> (probabilities: Tensor, edges: Tensor) {
        checkImages(x, smallest: 12, "PNet")
        let y = features(x)
        return (classifier(y).softmax(axis: 1), edges(y))
    }
}
