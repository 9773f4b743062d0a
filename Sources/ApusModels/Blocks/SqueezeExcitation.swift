import Apus
import ApusNN

/// Each channel times a number in 0...1 that two layers find from the averages of all channels (Hu et al. 2018).
public final class SqueezeExcitation: Module, Layer {
    /// What brings the second layer's results to 0...1.
    public enum Gate: String, Codable, Sendable {
        /// 1/(1 + e⁻ˣ).
        case sigmoid
        /// relu6(x + 3)/6 (Howard et al. 2019).
        case hardsigmoid
    }

    /// 1×1, from the channels to fewer.
    public let fc1: Conv2d
    /// 1×1, back to the channels.
    public let fc2: Conv2d
    /// Between the two.
    public let activation: FusedActivation
    /// After the second.
    public let gate: Gate

    /// - Parameter squeezed: channels between the two layers.
    public init(
        _ channels: Int, squeezed: Int, activation: FusedActivation = .relu, gate: Gate = .sigmoid,
        using generator: RandomGenerator = .default
    ) {
        fc1 = Conv2d(channels, squeezed, kernel: 1, using: generator)
            .initialized(.heNormal(fan: .fanOut), using: generator)
        fc2 = Conv2d(squeezed, channels, kernel: 1, using: generator)
            .initialized(.heNormal(fan: .fanOut), using: generator)
        self.activation = activation
        self.gate = gate
    }

    /// [batch, channels, height, width], in the same shape.
    public func forward(_ x: Tensor) -> Tensor {
        let scale = fc2(activation(fc1(x.globalAvgPool())))
        return x * (gate == .sigmoid ? scale.sigmoid() : scale.hardsigmoid())
    }
}
