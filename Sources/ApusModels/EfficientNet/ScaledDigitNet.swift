import Apus
import ApusNN

/// A small EfficientNet for gray 28×28 digits, which can be deeper, wider and see its images larger: what
/// `apus study scaling` trains.
///
/// Images are reduced to the network's resolution by averages over areas, and are the same in all three
/// channels. State: `network.…`, as `EfficientNet` has it.
public final class ScaledDigitNet: Module, Layer {
    /// What is scaled.
    public let network: EfficientNet
    private let resolution: Int

    /// The largest resolution: more is not in the images.
    public static let largest = 28

    /// The network with as many blocks times `scaling.depth`, channels times `scaling.width` and pixels of a
    /// side times `scaling.resolution` as the baseline, which has 6 blocks of up to 20 channels and sees
    /// 14×14 pixels. Blocks of a stage and pixels are rounded to the nearest number, channels to the nearest
    /// even one. The program stops for more than 28 pixels.
    public init(_ scaling: CompoundScaling, using generator: RandomGenerator = .default) {
        resolution = Int((14 * scaling.resolution).rounded())
        if resolution > ScaledDigitNet.largest {
            fail(
                "ScaledDigitNet",
                "a resolution of \(scaling.resolution) makes images of \(resolution) pixels; there are \(Self.largest)"
            )
        }
        func channels(_ count: Int) -> Int { roundedChannels(Double(count) * scaling.width, divisor: 2) }
        let stages = [(1.0, 3, 8, 1), (4.0, 3, 12, 2), (4.0, 3, 20, 3)].map {
            expansion, kernel, outputs, repeats in
            EfficientNet.Stage(
                expansion: expansion, kernel: kernel, outputs: channels(outputs),
                repeats: Int((Double(repeats) * scaling.depth).rounded()), stride: 1)
        }
        var configuration = EfficientNet.Configuration(
            stem: channels(8), stages: stages, head: channels(80), resolution: resolution, dropout: 0.2)
        configuration.classes = 10
        configuration.stochasticDepth = 0
        network = EfficientNet(configuration, using: generator)
    }

    /// - Parameter x: [batch, …] with 784 numbers an image.
    public func forward(_ x: Tensor) -> Tensor {
        let images = x.reshape([-1, 1, Self.largest, Self.largest]).adaptiveAvgPool2d([
            resolution, resolution,
        ])
        return network(images.broadcast(to: [images.shape[0], 3, resolution, resolution]))
    }
}
