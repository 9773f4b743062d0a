import Apus
import ApusNN

/// The inverted residual of MobileNetV3 (Howard et al. 2019): a 1×1 convolution to more channels, one of each
/// channel by itself, squeeze and excitation in some, and a linear 1×1 convolution, added to the input where
/// shapes agree.
///
/// [batch, inputs, height, width] to [batch, channels, ⌈height / stride⌉, ⌈width / stride⌉]. State:
/// `block.0.0.weight`, `block.0.1.…`, and so on with those of the layers that there are; `fc1.…` and `fc2.…`
/// of the excitation.
public final class MobileNetV3Block: Module, Layer {
    /// A row of the paper's tables 1 and 2.
    public struct Row: Codable, Sendable, Equatable {
        /// Positions along height and width of the depthwise convolution; odd.
        public var kernel: Int
        /// Channels of the depthwise convolution; where the input has as many there is no convolution before
        /// it.
        public var expanded: Int
        /// Of the result.
        public var channels: Int
        /// Whether there is squeeze and excitation.
        public var squeezes: Bool
        /// After the first two convolutions.
        public var activation: FusedActivation
        /// Of the depthwise convolution; 2 halves height and width.
        public var stride: Int

        /// In the order of the paper's columns: kernel, expanded channels, channels, SE, NL, s.
        public init(
            _ kernel: Int, _ expanded: Int, _ channels: Int, _ squeezes: Bool, _ activation: FusedActivation,
            _ stride: Int
        ) {
            self.kernel = kernel
            self.expanded = expanded
            self.channels = channels
            self.squeezes = squeezes
            self.activation = activation
            self.stride = stride
        }
    }

    /// The layers, one after the other.
    public let block: Sequential
    /// Whether the input is added.
    public let addsInput: Bool

    /// Weights start normally distributed for ReLU, by their outputs (He et al. 2015).
    public init(_ inputs: Int, _ row: Row, using generator: RandomGenerator = .default) {
        if row.kernel < 1 || row.kernel % 2 == 0 || row.expanded < 1 || row.channels < 1 || row.stride < 1 {
            fail(
                "MobileNetV3Block",
                "a kernel of \(row.kernel), \(row.expanded) channels inside, \(row.channels) outside and a "
                    + "stride of \(row.stride): an odd kernel and positive numbers are wanted")
        }
        let expanded = row.expanded
        var layers: [any Layer] = []
        if expanded != inputs {
            layers.append(
                mobileNetV3Convolution(inputs, expanded, kernel: 1, activation: row.activation, generator))
        }
        layers.append(
            mobileNetV3Convolution(
                expanded, expanded, kernel: row.kernel, stride: row.stride, groups: expanded,
                activation: row.activation, generator))
        if row.squeezes {
            layers.append(
                SqueezeExcitation(
                    expanded, squeezed: roundedChannels(Double(expanded / 4)), gate: .hardsigmoid,
                    using: generator))
        }
        layers.append(
            mobileNetV3Convolution(expanded, row.channels, kernel: 1, activation: .none, generator))
        block = Sequential(layers)
        addsInput = row.stride == 1 && inputs == row.channels
    }

    /// [batch, inputs, height, width] to [batch, channels, ⌈height / stride⌉, ⌈width / stride⌉].
    public func forward(_ x: Tensor) -> Tensor {
        addsInput ? block(x) + x : block(x)
    }
}

/// With the normalisation that MobileNetV3's published weights were trained with.
func mobileNetV3Convolution(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, groups: Int = 1,
    activation: FusedActivation, _ generator: RandomGenerator
) -> ConvNorm {
    ConvNorm(
        inputs, outputs, kernel: kernel, stride: stride, groups: groups, epsilon: 1e-3, momentum: 0.01,
        activation: activation, using: generator)
}
