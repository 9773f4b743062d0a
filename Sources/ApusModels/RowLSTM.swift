import Apus
import ApusNN

/// Reads an image row by row, from top to bottom, with a long short-term memory; a linear layer tells the class from the last
/// hidden state.
///
/// State names: `lstm.weight_ih_l0`, …, `head.weight`, `head.bias`.
public final class RowLSTM: Module, Layer {
    /// The size of the images, and of the states.
    public struct Configuration: Codable, Sendable, Equatable {
        /// Rows of an image: the steps of the sequence.
        public var height: Int
        /// Pixels of a row: the features of a step.
        public var width: Int
        /// Features of the hidden and of the cell state.
        public var hidden: Int
        /// How many logits there are.
        public var classes: Int

        /// Nothing is checked: the layers stop the program for sizes that are none.
        public init(height: Int, width: Int, hidden: Int, classes: Int) {
            self.height = height
            self.width = width
            self.hidden = hidden
            self.classes = classes
        }

        /// 28×28 images to ten classes, with states of 128 features.
        public static let mnist = Configuration(height: 28, width: 28, hidden: 128, classes: 10)
    }

    /// From the rows to the states.
    public let lstm: LSTM
    /// From the last hidden state to the logits.
    public let head: Linear
    private let height: Int

    /// Weights start as the layers have them.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        height = configuration.height
        lstm = LSTM(configuration.width, configuration.hidden, batchFirst: true, using: generator)
        head = Linear(configuration.hidden, configuration.classes, using: generator)
    }

    /// - Parameter x: [batch, …] with height · width numbers an image.
    /// - Returns: logits, [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        let rows = x.reshape([-1, height, lstm.inputs])
        return head(lstm(rows).state.hidden.squeeze(axis: 0))
    }
}
