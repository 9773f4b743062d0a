import Apus
import ApusNN

/// The third network of MTCNN (Zhang et al. 2016), which decides, and finds eyes, nose and mouth: 389,040 parameters.
///
/// The state has the names of the package facenet_pytorch: `conv1.weight`, `prelu1.weight`, …, `dense6_3.bias`.
public final class ONet: Module {
    private let features: NamedSequential
    private let hidden: NamedSequential
    /// Of no face and of a face.
    private let classifier: Linear
    private let edges: Linear
    private let points: Linear

    /// Weights and biases start uniform in ±1/√(weights of an output).
    public init(using generator: RandomGenerator = .default) {
        features = NamedSequential([
            ("conv1", Conv2d(3, 32, kernel: 3, using: generator)), ("prelu1", PReLU(32)),
            ("pool1", MaxPool2d(3, stride: 2, ceilMode: true)),
            ("conv2", Conv2d(32, 64, kernel: 3, using: generator)), ("prelu2", PReLU(64)),
            ("pool2", MaxPool2d(3, stride: 2, ceilMode: true)),
            ("conv3", Conv2d(64, 64, kernel: 3, using: generator)), ("prelu3", PReLU(64)),
            ("pool3", MaxPool2d(2, stride: 2, ceilMode: true)),
            ("conv4", Conv2d(64, 128, kernel: 2, using: generator)), ("prelu4", PReLU(128)),
        ])
        hidden = NamedSequential([
            ("dense5", Linear(128 * 3 * 3, 256, using: generator)), ("prelu5", PReLU(256)),
        ])
        classifier = Linear(256, 2, using: generator)
        edges = Linear(256, 4, using: generator)
        points = Linear(256, 10, using: generator)
    }

    public override var members: [(name: String, member: Member)] {
        features.members + hidden.members + [
            ("dense6_1", .module(classifier)), ("dense6_2", .module(edges)), ("dense6_3", .module(points)),
        ]
    }

    /// What pictures show.
    ///
    /// - Parameter x: [batch, 3, 48, 48], with bytes as (x − 127.5) / 128.
    /// - Returns: [batch, 2], the probabilities of no face and of a face; [batch, 4], how far the face's left, top, right
    ///   and bottom edges are from the picture's, over its width or height; [batch, 10], where in the picture, from 0 to
    ///   1, the eyes, the nose and the corners of the mouth are, five times x and then five times y.
    public func callAsFunction(_ x: Tensor) -> (probabilities: Tensor, edges: Tensor, points: Tensor) {
        checkSquares(x, 48, "ONet")
        let y = hidden(columnsFirst(features(x)))
        return (classifier(y).softmax(axis: 1), edges(y), points(y))
    }
}
