import Apus
import ApusNN
import Glibc

/// A picture as a function: from the coordinates of a point to its colour (Tancik et al. 2020, "Fourier features let networks
/// learn high frequency functions in low dimensional domains").
///
/// A multi-layer perceptron alone learns smooth functions first and edges hardly ever. So the coordinates v become
/// [cos(2πBv), sin(2πBv)] for a fixed random matrix B of waves; then come linear layers with ReLU, and a sigmoid.
///
/// State names: `waves`, which is B and not trained, `layers.0.weight`, `layers.0.bias`, ….
public final class CoordinateNet: Module, Layer {
    /// How fine the details are, and how wide the layers.
    public struct Configuration: Codable, Sendable, Equatable {
        /// The standard deviation of the waves' frequencies, in periods per unit: too low blurs, too high adds grain.
        public var scale: Double
        /// How many waves there are; each gives a cosine and a sine.
        public var waves: Int
        /// Widths of the hidden layers.
        public var hidden: [Int]
        /// Numbers of a colour.
        public var channels: Int

        /// Nothing is checked: the layers stop the program for sizes that are none.
        public init(scale: Double, waves: Int, hidden: [Int], channels: Int) {
            self.scale = scale
            self.waves = waves
            self.hidden = hidden
            self.channels = channels
        }

        /// Red, green and blue in a square of side 1.
        public static let picture = Configuration(scale: 8, waves: 128, hidden: [128, 128], channels: 3)
    }

    /// B, [2, waves].
    public let waves: Buffer
    /// From waves to colours.
    public let layers: Sequential

    /// Weights start as the layers have them, frequencies are normally distributed.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        waves = Buffer(.normal([2, configuration.waves], std: configuration.scale, using: generator))
        var layers: [any Layer] = []
        var width = 2 * configuration.waves
        for hidden in configuration.hidden {
            layers.append(Linear(width, hidden, activation: .relu, using: generator))
            width = hidden
        }
        layers += [Linear(width, configuration.channels, using: generator), Sigmoid()]
        self.layers = Sequential(layers)
    }

    /// - Parameter x: coordinates, [points, 2].
    /// - Returns: colours, each number in 0...1, [points, channels].
    public func forward(_ x: Tensor) -> Tensor {
        let angles = x.matmul(waves.value) * (2 * Double.pi)
        return layers(.cat([angles.cos(), angles.sin()], axis: 1))
    }
}
