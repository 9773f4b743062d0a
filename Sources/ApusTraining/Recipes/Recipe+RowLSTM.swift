import Apus
import ApusModels
import ApusNN

extension Recipe {
    /// A long short-term memory that reads digits row by row: 28 steps of 28 pixels.
    ///
    /// The classes are told from the last hidden state, in which the whole image has left its traces.
    public static let mnistLSTM = classifier(
        "mnist-lstm", "an LSTM of 128 units that reads 28×28 digits row by row", epochs: 6,
        model: { _ in RowLSTM(.mnist) })
}
