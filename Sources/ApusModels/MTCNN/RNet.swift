import Apus
import ApusNN

/// The second network of MTCNN (Zhang et al. 2016), which looks once more at what the first has found: 100,178
/// parameters.
///
/// The state has the names of the package facenet_pytorch: `conv1.weight`, `prelu1.weight`, …, `dense5_2.bias`.
public final class RNet: Module {
    private let features: NamedSequential
    private let hidden: NamedSequential
    /// Of no face and of a face.
    private let classifier: Linear
    private let edges: Linear

    /// Weights and biases start uniform in ±1/√(weights of an output).
    public init(using generator: RandomGenerator = .default) {
        features = NamedSequential([
            ("conv1", Conv2d(3, 28, kernel: 3, using: generator)), ("prelu1", PReLU(28)),
            ("pool1", MaxPool2d(3, stride: 2, ceilMode: true)),
            ("conv2", Conv2d(28, 48, kernel: 3, using: generator)), ("prelu2", PReLU(48)),
            ("pool2", MaxPool2d(3, stride: 2, ceilMode: true)),
            ("conv3", Conv2d(48, 64, kernel: 2, using: generator)), ("prelu3", PReLU(64)),
        ])
        hidden = NamedSequential([
            ("dense4", Linear(64 * 3 * 3, 128, using: generator)), ("prelu4", PReLU(128)),
        ])
        classifier = Linear(128, 2, using: generator)
        edges = Linear(128, 4, using: generator)
    }

    public override var members: [(name: String, member: Member)] {
        features.members + hidden.members + [
            ("dense5_1", .module(classifier)), ("dense5_2", .module(edges)),
        ]
    }

    /// What pictures show.
    ///
    /// - Parameter x: [batch, 3, 24, 24], with bytes as (x − 127.5) / 128.
    /// - Returns: [batch, 2], the probabilities of no face and of a face, and [batch, 4], how far the face's left, top,
    ///   right and bottom edges are from the picture's, over its width or height.
    public func callAsFunction(_ x: Tensor) -> (probabilities: Tensor, edges: Tensor) {
        checkSquares(x, 24, "RNet")
        let y = hidden(columnsFirst(features(x)))
        return (classifier(y).softmax(axis: 1), edges(y))
    }
}

/// Stops the program where images are not [batch, 3, extent, extent].
func checkSquares(_ x: Tensor, _ extent: Int, _ model: String) {
    if x.rank == 4 && Array(x.shape.dropFirst()) == [3, extent, extent] { return }
    fail(model, "images of shape \(x.shape): [batch, 3, \(extent), \(extent)] is wanted")
}

/// [batch, channels, rows, columns] to [batch, columns · rows · channels], in the order in which the authors' weights
/// have them.
func columnsFirst(_ x: Tensor) -> Tensor { x.permute(0, 3, 2, 1).flatten(from: 1) }
