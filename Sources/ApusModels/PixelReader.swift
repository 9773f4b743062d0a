import Apus
import ApusNN

/// Reads an image pixel by pixel, as one long sequence, and tells its class: a task of long memories (Le et al. 2015, "A Simple Way to
/// Initialize Recurrent Networks of Rectified Linear Units", section 4.2).
///
/// Pixels, or means of squares of them, are projected to channels, pass the blocks of a `LanguageModel` and a normalisation; a
/// linear layer tells the class from the mean over all steps.
///
/// State names: `encoder.weight`, `blocks.0.…`, `norm.weight`, `head.weight`, `head.bias`, and where pixels are permuted `order`.
public final class PixelReader: Module, Layer {
    /// The size of the images and of the model.
    public struct Configuration: Codable, Sendable, Equatable {
        /// Rows of an image.
        public var height: Int
        /// Columns of an image.
        public var width: Int
        /// The side of the squares of pixels whose means are the steps; 1 for the pixels themselves.
        public var pool: Int
        /// Whether the steps come in an order that was drawn once, so that neighbors are far apart.
        public var isPermuted: Bool
        /// How many logits there are.
        public var classes: Int
        /// Channels of a step.
        public var channels: Int
        /// Blocks.
        public var layers: Int
        /// What mixes the steps.
        public var mixer: SequenceMixer

        /// Steps of an image.
        public var steps: Int { (height / pool) * (width / pool) }

        /// Nothing is checked: the model stops the program for sizes that are none.
        public init(
            height: Int, width: Int, pool: Int = 1, isPermuted: Bool = false, classes: Int, channels: Int,
            layers: Int, mixer: SequenceMixer
        ) {
            (self.height, self.width, self.pool, self.isPermuted) = (height, width, pool, isPermuted)
            (self.classes, self.channels, self.layers, self.mixer) = (classes, channels, layers, mixer)
        }

        /// 28×28 images as 196 means of 2×2, to ten classes: two blocks of 64 channels.
        public static func mnist(_ mixer: SequenceMixer = .s4d) -> Configuration {
            Configuration(
                height: 28, width: 28, pool: 2, classes: 10, channels: 64, layers: 2, mixer: mixer)
        }

        /// That of a language model with these blocks.
        var blocks: LanguageModel.Configuration {
            LanguageModel.Configuration(
                vocabulary: classes, channels: channels, layers: layers, mixer: mixer, context: steps,
                shiftsTokens: true)
        }

        /// Why there is no such model; nil where there is one.
        package var fault: String? {
            if pool < 1 || height < 1 || width < 1 || height % pool != 0 || width % pool != 0 {
                return
                    "images of \(height)×\(width) in squares of \(pool): sizes are positive, and the image's multiples"
            }
            return blocks.fault
        }
    }

    /// From a pixel to channels.
    public let encoder: Linear
    /// One after the other.
    public let blocks: [any StepwiseLayer]
    /// After the blocks.
    public let norm: any Layer
    /// From the mean over the steps to the logits.
    public let head: Linear
    /// Which pixel each step reads, [steps]; nil where they come row by row.
    public let order: Buffer?
    private let configuration: Configuration

    /// Weights start as the layers have them.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        if let fault = configuration.fault { fail("PixelReader", fault) }
        self.configuration = configuration
        encoder = Linear(1, configuration.channels, using: generator)
        blocks = (0..<configuration.layers).map { configuration.blocks.block($0, using: generator) }
        norm = configuration.blocks.norm()
        head = Linear(configuration.channels, configuration.classes, using: generator)
        order =
            configuration.isPermuted
            ? Buffer(.uniform([configuration.steps], using: generator).argsort(), name: "order") : nil
    }

    public override var members: [(name: String, member: Member)] {
        [("encoder", .module(encoder))]
            + blocks.enumerated().map { ("blocks.\($0.offset)", .module($0.element)) }
            + [("norm", .module(norm)), ("head", .module(head))]
            + (order.map { [("order", .buffer($0))] } ?? [])
    }

    /// - Parameter x: [batch, …] with height · width numbers an image, from 0 to 1. They are brought to the mean 0 and the
    ///   variance 1 of MNIST's.
    /// - Returns: logits, [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        let (rows, columns) = (configuration.height, configuration.width)
        var pixels = x.reshape([-1, 1, rows, columns])
        if configuration.pool > 1 { pixels = pixels.avgPool2d(Extents(configuration.pool)) }
        pixels = (pixels.reshape([-1, configuration.steps, 1]) - 0.1307) / 0.3081
        if let order { pixels = pixels.indexSelect(axis: 1, index: order.value) }
        return head(norm(blocks.reduce(encoder(pixels)) { $1($0) }).mean(axis: 1))
    }
}
