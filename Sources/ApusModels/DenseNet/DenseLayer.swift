import Apus
import ApusNN

/// Adds channels to those that there are (Huang et al. 2016): batch normalisation, ReLU and a 1×1
/// convolution, then the same with a 3×3 one, whose result is joined to the input: [batch, inputs, height,
/// width] to [batch, inputs + growth, height, width].
public final class DenseLayer: Module, Layer {
    /// Of the input, with ReLU.
    public let norm1: BatchNorm2d
    /// 1×1, to four times the growth.
    public let conv1: Conv2d
    /// Of the first convolution, with ReLU.
    public let norm2: BatchNorm2d
    /// 3×3, to the growth.
    public let conv2: Conv2d

    /// - Parameter growth: how many channels are added.
    public init(_ inputs: Int, growth: Int, using generator: RandomGenerator = .default) {
        norm1 = BatchNorm2d(inputs, activation: .relu)
        conv1 = Conv2d(inputs, 4 * growth, kernel: 1, bias: false, using: generator)
            .initialized(.heNormal(), using: generator)
        norm2 = BatchNorm2d(4 * growth, activation: .relu)
        conv2 = Conv2d(4 * growth, growth, kernel: 3, padding: 1, bias: false, using: generator)
            .initialized(.heNormal(), using: generator)
    }

    /// [batch, inputs, height, width] to [batch, inputs + growth, height, width].
    public func forward(_ x: Tensor) -> Tensor {
        Tensor.cat([x, conv2(norm2(conv1(norm1(x))))], axis: 1)
    }
}
