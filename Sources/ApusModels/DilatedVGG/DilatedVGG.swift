import Apus
import ApusNN

/// Says of every eighth pixel in both directions what it is part of (Yu & Koltun 2016): a VGG of 16 layers
/// without its last two poolings, the convolutions after them dilated, and a `ContextNetwork`: [batch, 3,
/// height, width], from 187×187, to [batch, classes, ⌊height / 8⌋, ⌊width / 8⌋].
///
/// No convolution of the VGG has padding: the image is mirrored at its edges instead, by the 186 pixels that
/// they take. The state has the authors' names: `conv1_1.weight`, …, `fc6.weight`, `fc7.weight`,
/// `final.weight`, `ctx_conv1_1.weight`, ….
public final class DilatedVGG: Module, Layer {
    /// What is on top, and so how many classes there are.
    public struct Configuration: Codable, Sendable, Equatable {
        /// The network on top; it has a channel for each class.
        public var context: ContextNetwork.Configuration

        /// The 21 classes of PASCAL VOC unless another network is given.
        public init(context: ContextNetwork.Configuration = .basic) { self.context = context }

        /// With the basic context network, 134,374,973 parameters.
        public static let basic = Configuration()
        /// With the large context network, 141,149,720 parameters.
        public static let large = Configuration(context: .large)
    }

    /// What gives a map of each class, from mirrored images: [batch, 3, height, width] to [batch, classes,
    /// ⌊(height − 372) / 8⌋, ⌊(width − 372) / 8⌋]; its members are the model's.
    ///
    /// The paper trains it first, alone.
    public let frontEnd: NamedSequential
    /// What looks at the maps once more, in their size; its members are the model's.
    public let context: ContextNetwork

    /// Convolutions start normally distributed for ReLU, by their outputs (He et al. 2015), the front end's
    /// last with a deviation of 0.001, the context network as one that gives its input, and biases at 0. The
    /// paper starts from a trained VGG.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        func conv(
            _ inputs: Int, _ outputs: Int, kernel: Extents, dilation: Int = 1,
            activation: FusedActivation = .relu, _ initializer: Initializer = .heNormal(fan: .fanOut)
        ) -> Conv2d {
            Conv2d(
                inputs, outputs, kernel: kernel, dilation: Extents(dilation), activation: activation,
                using: generator
            ).initialized(initializer, using: generator)
        }
        context = ContextNetwork(configuration.context, using: generator)
        var layers: [(name: String, layer: any Layer)] = []
        var channels = 3
        let stages = zip([2, 2, 3, 3, 3], [64, 128, 256, 512, 512])
        for (stage, (depth, outputs)) in zip(1..., stages) {
            for number in 1...depth {
                // The pooling before stage 5 is left out.
                let layer = conv(channels, outputs, kernel: 3, dilation: stage == 5 ? 2 : 1)
                layers.append(("conv\(stage)_\(number)", layer))
                channels = outputs
            }
            if stage <= 3 { layers.append(("pool\(stage)", MaxPool2d(2))) }
        }
        // So is the one after it.
        layers += [
            ("fc6", conv(channels, 4096, kernel: 7, dilation: 4)), ("drop6", Dropout()),
            ("fc7", conv(4096, 4096, kernel: 1)), ("drop7", Dropout()),
            (
                "final",
                conv(
                    4096, configuration.context.channels, kernel: 1, activation: .none,
                    .normal(mean: 0, std: 0.001))
            ),
        ]
        frontEnd = NamedSequential(layers)
    }

    public override var members: [(name: String, member: Member)] { frontEnd.members + context.members }

    /// [batch, 3, height, width] to [batch, classes, ⌊height / 8⌋, ⌊width / 8⌋].
    public func forward(_ x: Tensor) -> Tensor {
        checkImages(x, smallest: 187, "DilatedVGG")
        return context(frontEnd(x.pad([(186, 186), (186, 186)], mode: .reflect)))
    }
}
