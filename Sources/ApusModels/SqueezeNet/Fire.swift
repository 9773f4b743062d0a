import Apus
import ApusNN

/// The block of SqueezeNet (Iandola et al. 2016): a 1×1 convolution to few channels, then a 1×1 and a 3×3
/// convolution side by side, all with ReLU: [batch, inputs, height, width] to [batch, 2 · expanded, height,
/// width].
public final class Fire: Module, Layer {
    /// 1×1, to few channels.
    public let squeeze: Conv2d
    /// 1×1, to the first half of the result.
    public let expand1x1: Conv2d
    /// 3×3, to the second half of the result.
    public let expand3x3: Conv2d

    /// Weights start uniform for ReLU (He et al. 2015), biases at 0.
    ///
    /// - Parameters:
    ///   - squeezed: channels of the first convolution.
    ///   - expanded: channels of each of the other two.
    public init(_ inputs: Int, squeezed: Int, expanded: Int, using generator: RandomGenerator = .default) {
        func convolution(_ inputs: Int, _ outputs: Int, kernel: Int) -> Conv2d {
            Conv2d(
                inputs, outputs, kernel: Extents(kernel), padding: .symmetric(Extents(kernel / 2)),
                activation: .relu, using: generator
            ).initialized(.heUniform(), using: generator)
        }
        squeeze = convolution(inputs, squeezed, kernel: 1)
        expand1x1 = convolution(squeezed, expanded, kernel: 1)
        expand3x3 = convolution(squeezed, expanded, kernel: 3)
    }

    /// [batch, inputs, height, width] to [batch, 2 · expanded, height, width].
    public func forward(_ x: Tensor) -> Tensor {
        let y = squeeze(x)
        return Tensor.cat([expand1x1(y), expand3x3(y)], axis: 1)
    }
}
