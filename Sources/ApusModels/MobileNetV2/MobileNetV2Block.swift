import Apus
import ApusNN

/// The inverted residual of MobileNetV2 (Sandler et al. 2018): a 1×1 convolution to more channels, a 3×3 one
/// of each channel by itself, both with ReLU6, and a linear 1×1 one, added to the input where shapes agree.
///
/// [batch, inputs, height, width] to [batch, outputs, ⌈height / stride⌉, ⌈width / stride⌉]. State:
/// `conv.0.0.weight`, `conv.1.0.weight`, `conv.2.weight`, `conv.3.weight`, …; without the first where the
/// expansion is 1.
public final class MobileNetV2Block: Module, Layer {
    /// The convolutions with their normalisations.
    public let conv: Sequential
    /// Whether the input is added.
    public let addsInput: Bool

    /// Weights start normally distributed for ReLU, by their outputs (He et al. 2015).
    ///
    /// - Parameters:
    ///   - expansion: how many times as many channels the 3×3 convolution has; 1 leaves out the one before.
    ///   - stride: of the 3×3 convolution; 2 halves height and width.
    public init(
        _ inputs: Int, _ outputs: Int, expansion: Int, stride: Int = 1,
        using generator: RandomGenerator = .default
    ) {
        let expanded = inputs * expansion
        var layers: [any Layer] = []
        if expansion != 1 {
            layers.append(ConvNorm(inputs, expanded, kernel: 1, activation: .relu6, using: generator))
        }
        layers.append(
            ConvNorm(
                expanded, expanded, stride: stride, groups: expanded, activation: .relu6, using: generator))
        let projection = Conv2d(expanded, outputs, kernel: 1, bias: false, using: generator)
            .initialized(.heNormal(fan: .fanOut), using: generator)
        conv = Sequential(layers + [projection, BatchNorm2d(outputs)])
        addsInput = stride == 1 && inputs == outputs
    }

    /// [batch, inputs, height, width] to [batch, outputs, ⌈height / stride⌉, ⌈width / stride⌉].
    public func forward(_ x: Tensor) -> Tensor {
        addsInput ? x + conv(x) : conv(x)
    }
}
