import Apus
import ApusNN

/// Squeezes samples through a few numbers and unfolds them again: linear layers with ReLU, the decoder the encoder's mirror image
/// (Hinton & Salakhutdinov 2006).
///
/// State names: `encoder.0.weight`, …, `decoder.0.weight`, ….
public final class Autoencoder: Module, Layer {
    /// How wide the layers are.
    public struct Configuration: Codable, Sendable, Equatable {
        /// Those of the input, of each hidden layer of the encoder, and of the code.
        public var widths: [Int]

        /// - Parameter widths: two at least.
        public init(widths: [Int]) { self.widths = widths }

        /// 28×28 images to codes of 64 numbers.
        public static let mnist = Configuration(widths: [784, 256, 64])
    }

    /// From [batch, inputs] to codes.
    public let encoder: Sequential
    /// From codes to logits of the inputs, [batch, inputs].
    public let decoder: Sequential

    /// The program stops for fewer than two widths.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        let widths = configuration.widths
        if widths.count < 2 { fail("Autoencoder", "widths \(widths) name no layer") }
        func layers(_ widths: [Int]) -> Sequential {
            let last = widths.count - 1
            return Sequential(
                (1...last).map { index -> any Layer in
                    Linear(
                        widths[index - 1], widths[index], activation: index == last ? .none : .relu,
                        using: generator)
                })
        }
        encoder = layers(widths)
        decoder = layers(widths.reversed())
    }

    /// - Parameter x: [batch, …] with as many numbers a sample as the first width.
    /// - Returns: logits of the samples restored, [batch, inputs]; their sigmoid is in 0...1.
    public func forward(_ x: Tensor) -> Tensor { decoder(encoder(x.reshape([x.shape[0], -1]))) }
}
