import Apus
import ApusModels
import ApusNN
import Testing

/// A model whose results `Scripts/model_reference.py` writes, by its name there.
struct ReferenceCase: Sendable, CustomTestStringConvertible {
    let name: String
    /// The shape of the input.
    let input: Shape
    /// What its layers do to the variance.
    let gain: Double
    let make: @Sendable () -> any Layer

    init(_ name: String, _ input: Shape, gain: Double = 2, _ make: @escaping @Sendable () -> any Layer) {
        self.name = name
        self.input = input
        self.gain = gain
        self.make = make
    }

    var testDescription: String { name }

    static let all = horNets + efficientNets + transformers + classics + light
}
