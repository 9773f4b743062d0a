import Apus
import ApusNN

/// A transformer for images [batch, 3, size, size] (Dosovitskiy et al. 2020, "An Image is Worth 16x16 Words"): square
/// patches and one more token, blocks of attention, and a linear layer of what becomes of that token.
///
/// The state has torchvision's names and shapes: `class_token`, `conv_proj.weight`, `encoder.pos_embedding`,
/// `encoder.layers.encoder_layer_0.self_attention.in_proj_weight`, `encoder.ln.weight`, `heads.head.weight`, ….
public final class VisionTransformer: Module, Layer {
    /// The sizes of images and patches, the number of blocks and their widths.
    public struct Configuration: ClassifierConfiguration, Codable, Sendable, Equatable {
        /// Height and width of the images.
        public var size: Int
        /// Height and width of a patch, which divide the size.
        public var patch: Int
        /// Blocks.
        public var depth: Int
        /// Channels of a token.
        public var width: Int
        /// Heads of the attention.
        public var heads: Int
        /// Channels between the two linear layers of a block.
        public var hidden: Int
        /// The probability of zero after the positions, the attention and each linear layer of a block, in training.
        public var dropout: Double
        /// How many numbers the last layer gives for an image.
        public var classes: Int

        /// `depth` blocks; the size and the number of classes are those for ImageNet unless others are given.
        public init(
            size: Int = 224, patch: Int, depth: Int, width: Int, heads: Int, hidden: Int,
            dropout: Double = 0, classes: Int = 1000
        ) {
            self.size = size
            self.patch = patch
            self.depth = depth
            self.width = width
            self.heads = heads
            self.hidden = hidden
            self.dropout = dropout
            self.classes = classes
        }

        /// ViT-B/16, 86,567,656 parameters.
        public static let base16 = Configuration(patch: 16, depth: 12, width: 768, heads: 12, hidden: 3072)
        /// ViT-B/32, 88,224,232 parameters.
        public static let base32 = Configuration(patch: 32, depth: 12, width: 768, heads: 12, hidden: 3072)
        /// ViT-L/16, 304,326,632 parameters.
        public static let large16 = Configuration(patch: 16, depth: 24, width: 1024, heads: 16, hidden: 4096)
    }

    /// Height and width of the images that it takes.
    public let size: Int
    /// [1, 1, channels], before the patches; what becomes of it says the class.
    public let classToken: Parameter
    /// From patches to tokens.
    public let patches: Conv2d
    /// From the last state of the class token to the classes.
    public let head: Linear
    /// Positions, blocks and a normalisation.
    private let encoder: VisionTransformerEncoder

    /// Weights of attention and linear layers start as Glorot and Bengio's (2010), those of patches normally distributed
    /// with variance 1 / (numbers of a patch); the class token and the last layer start at 0.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        let (size, patch, width) = (configuration.size, configuration.patch, configuration.width)
        let numbers = [
            size, patch, width, configuration.depth, configuration.heads, configuration.hidden,
            configuration.classes,
        ]
        if numbers.contains(where: { $0 < 1 }) {
            fail("VisionTransformer", "\(configuration): its numbers are positive")
        }
        if size % patch != 0 || width % configuration.heads != 0 {
            fail(
                "VisionTransformer",
                "a size of \(size) in patches of \(patch), \(width) channels in \(configuration.heads) heads: both "
                    + "are to divide without a rest")
        }
        self.size = size
        classToken = Parameter(.zeros([1, 1, width]))
        // torchvision cuts the distribution at ±2, which is 27 deviations and more.
        let deviation = 1 / Double(3 * patch * patch).squareRoot()
        patches = Conv2d(3, width, kernel: Extents(patch), stride: Extents(patch), using: generator)
            .initialized(.normal(mean: 0, std: deviation), using: generator)
        encoder = VisionTransformerEncoder(
            tokens: size / patch * (size / patch) + 1, configuration, using: generator)
        head = Linear(width, configuration.classes, using: generator).initialized(.zeros, using: generator)
    }

    public override var members: [(name: String, member: Member)] {
        [
            ("class_token", .parameter(classToken)), ("conv_proj", .module(patches)),
            ("encoder", .module(encoder)), ("heads.head", .module(head)),
        ]
    }

    /// [batch, 3, size, size] to [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        if x.rank != 4 || Array(x.shape.dropFirst()) != [3, size, size] {
            fail(
                "VisionTransformer",
                "images of shape \(x.shape): this model takes [batch, 3, \(size), \(size)] alone")
        }
        // Channels are last in memory: the patches are tokens as they lie there.
        let tokens = patches(x).flatten(from: 2).transpose(1, 2)
        let first = classToken.value.broadcast(to: [x.shape[0], 1, tokens.shape[2]])
        return head(
            encoder(.cat([first, tokens], axis: 1)).narrow(axis: 1, start: 0, count: 1).squeeze(axis: 1))
    }
}
