import Apus
import ApusNN

/// A transformer for images [batch, 3, height, width] whose patches attend to those of their window (Liu et al. 2021,
/// "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows"): patches of 4×4 pixels, four stages of
/// blocks, each but the first in half the size of the one before, the average of all positions and a linear layer.
/// Every second block cuts its windows half a window further.
///
/// The state has torchvision's names and shapes: `features.0.0.weight`, `features.1.0.attn.qkv.weight`,
/// `features.1.0.attn.relative_position_index`, `features.2.reduction.weight`, `norm.weight`, `head.weight`, ….
public final class SwinTransformer: Module, Layer {
    /// The number of blocks, their widths and heads.
    public struct Configuration: ClassifierConfiguration, Codable, Sendable, Equatable {
        /// Channels of the first stage; each further stage doubles them.
        public var width: Int
        /// Blocks of each of the four stages.
        public var depths: [Int]
        /// Heads of the attention in each of the stages.
        public var heads: [Int]
        /// Patches of a window along each axis.
        public var window: Int
        /// The probability that a sample goes past a half of the last block in training; it grows from 0 at the first.
        public var stochasticDepth: Double
        /// How many numbers the linear layer gives for an image.
        public var classes: Int

        /// Four stages of `depths` blocks; the windows and the number of classes are those for ImageNet unless others
        /// are given.
        public init(
            width: Int, depths: [Int], heads: [Int], window: Int = 7, stochasticDepth: Double,
            classes: Int = 1000
        ) {
            self.width = width
            self.depths = depths
            self.heads = heads
            self.window = window
            self.stochasticDepth = stochasticDepth
            self.classes = classes
        }

        /// Swin-T, 28,288,354 parameters.
        public static let tiny = Configuration(
            width: 96, depths: [2, 2, 6, 2], heads: [3, 6, 12, 24], stochasticDepth: 0.2)
        /// Swin-S, 49,606,258 parameters.
        public static let small = Configuration(
            width: 96, depths: [2, 2, 18, 2], heads: [3, 6, 12, 24], stochasticDepth: 0.3)
        /// Swin-B, 87,768,224 parameters.
        public static let base = Configuration(
            width: 128, depths: [2, 2, 18, 2], heads: [4, 8, 16, 32], stochasticDepth: 0.5)
    }

    /// The patches; then, in turns, the blocks of a stage, and what joins 2×2 patches.
    public let features: Sequential
    /// Of the last channels.
    public let norm: LayerNorm
    /// From the averages of the last channels to the classes.
    public let head: Linear

    /// Weights of linear layers and the numbers for distances start normally distributed with deviation 0.02, their
    /// biases at 0.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        let (width, depths, heads) = (configuration.width, configuration.depths, configuration.heads)
        let numbers = depths + heads + [width, configuration.window, configuration.classes]
        if depths.count != 4 || heads.count != 4 || numbers.contains(where: { $0 < 1 }) {
            fail(
                "SwinTransformer",
                "\(depths) blocks with \(heads) heads, a width of \(width), windows of \(configuration.window) and "
                    + "\(configuration.classes) classes: four stages, and positive numbers, are wanted")
        }
        if let stage = (0..<4).first(where: { (width << $0) % heads[$0] != 0 }) {
            fail(
                "SwinTransformer",
                "the \(width << stage) channels of stage \(stage + 1) do not divide into \(heads[stage]) heads"
            )
        }
        let steps = Double(depths.reduce(0, +) - 1)
        var number = 0
        var layers: [any Layer] = [SwinPatches(width, using: generator)]
        for (stage, depth) in depths.enumerated() {
            let blocks = (0..<depth).map { index in
                defer { number += 1 }
                return SwinBlock(
                    width << stage, heads: heads[stage], window: configuration.window,
                    shift: index % 2 == 0 ? 0 : configuration.window / 2,
                    stochasticDepth: configuration.stochasticDepth * Double(number) / steps, using: generator)
            }
            layers.append(Sequential(blocks))
            if stage < 3 { layers.append(SwinPatchMerging(width << stage, using: generator)) }
        }
        features = Sequential(layers)
        norm = LayerNorm(width << 3)
        head = Linear(width << 3, configuration.classes, using: generator)
            .initialized(.narrowNormal, using: generator)
    }

    /// [batch, 3, height, width], of 4×4 pixels at least, to [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        checkImages(x, smallest: 4, "SwinTransformer")
        return head(norm(features(x)).permute(0, 3, 1, 2).globalAvgPool().flatten(from: 1))
    }
}
