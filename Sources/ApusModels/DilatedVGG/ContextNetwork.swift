import Apus
import ApusNN

/// Seven 3×3 convolutions with ReLU, dilated by 1, 1, 2, 4, 8, 16 and 1, and a 1×1 convolution: what sees
/// 67×67 positions around each without losing resolution (Yu & Koltun 2016, table 1): [batch, channels,
/// height, width], in the same shape.
///
/// It goes on top of any network that gives a map of each class. Beyond the edges of each convolution are
/// zeros. The state has the authors' names: `ctx_conv1_1.weight`, …, `ctx_conv5_1.weight`, `ctx_fc1.weight`,
/// `ctx_final.bias`.
public final class ContextNetwork: Module, Layer {
    /// A row of the paper's table 1.
    public struct Configuration: Codable, Sendable, Equatable {
        /// C, those of the input and of the result: one for each class.
        public var channels: Int
        /// The channels of the 3×3 convolutions, in multiples of C.
        public var multiples: [Int]

        /// - Parameter multiples: seven numbers.
        public init(channels: Int, multiples: [Int]) {
            self.channels = channels
            self.multiples = multiples
        }

        /// The basic module for the 21 classes of PASCAL VOC, 28,392 parameters: 64·C² weights.
        public static let basic = Configuration(channels: 21, multiples: [1, 1, 1, 1, 1, 1, 1])
        /// The large module for the 21 classes of PASCAL VOC, 6,803,139 parameters.
        public static let large = Configuration(channels: 21, multiples: [2, 2, 4, 8, 16, 32, 32])
    }

    /// The eight convolutions; their names are the module's.
    public let layers: NamedSequential

    /// Starts as a network that gives its input, as far as that is positive (the paper's formulas 4 and 5):
    /// weights that hand channels on, and where there are more channels than C small noise, which tells their
    /// copies apart. Biases start at 0.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        let (channels, multiples) = (configuration.channels, configuration.multiples)
        if channels < 1 || multiples.count != 7 || multiples.contains(where: { $0 < 1 }) {
            fail(
                "ContextNetwork",
                "\(channels) channels and \(multiples) times as many inside: positive numbers, seven of them "
                    + "for the inside, are wanted")
        }
        func conv(_ number: Int, kernel: Int, dilation: Int) -> Conv2d {
            let widths = ([1] + multiples + [1]).map { channels * $0 }
            let (inputs, outputs) = (widths[number], widths[number + 1])
            let layer = Conv2d(
                inputs, outputs, kernel: Extents(kernel),
                padding: .symmetric(Extents(kernel / 2 * dilation)),
                dilation: Extents(dilation), activation: kernel == 1 ? .none : .relu, using: generator)
            layer.weight.value = ContextNetwork.identity(
                inputs, outputs, kernel: kernel, channels: channels, generator)
            layer.bias!.value = .zeros([outputs])
            return layer
        }
        layers = NamedSequential([
            ("ctx_conv1_1", conv(0, kernel: 3, dilation: 1)),
            ("ctx_conv1_2", conv(1, kernel: 3, dilation: 1)),
            ("ctx_conv2_1", conv(2, kernel: 3, dilation: 2)),
            ("ctx_conv3_1", conv(3, kernel: 3, dilation: 4)),
            ("ctx_conv4_1", conv(4, kernel: 3, dilation: 8)),
            ("ctx_conv5_1", conv(5, kernel: 3, dilation: 16)),
            ("ctx_fc1", conv(6, kernel: 3, dilation: 1)),
            ("ctx_final", conv(7, kernel: 1, dilation: 1)),
        ])
    }

    /// The paper's formula 5: in the kernel's middle C/outputs from input a to output b where ⌊a·C/inputs⌋ =
    /// ⌊b·C/outputs⌋; elsewhere noise with a thousandth of that as deviation, and none where both numbers are C.
    private static func identity(
        _ inputs: Int, _ outputs: Int, kernel: Int, channels: Int, _ generator: RandomGenerator
    ) -> Tensor {
        let share = Double(channels) / Double(outputs)
        let middle = kernel / 2
        let isCopy = Tensor.eye(channels).reshape([channels, 1, channels, 1])
            .broadcast(to: [channels, outputs / channels, channels, inputs / channels])
            .reshape([outputs, inputs, 1, 1]).pad([(middle, middle), (middle, middle)])
        if inputs == channels && outputs == channels { return isCopy }
        let noise = Tensor.normal(isCopy.shape, mean: 0, std: 0.001 * share, using: generator)
        return isCopy * share + (1 - isCopy) * noise
    }

    public override var members: [(name: String, member: Member)] { layers.members }

    /// [batch, channels, height, width], in the same shape.
    public func forward(_ x: Tensor) -> Tensor { layers(x) }
}
