import Apus
import ApusNN

/// A 3×3 convolution of each channel by itself and a 1×1 one of all, each with batch normalisation and ReLU6
/// (Howard et al. 2017): [batch, inputs, height, width] to [batch, outputs, ⌈height / stride⌉, ⌈width /
/// stride⌉].
///
/// State: `conv_dw.weight`, `bn1.…`, `conv_pw.weight`, `bn2.…`.
public final class MobileNetV1Block: Module, Layer {
    /// 3×3 in each channel, with the stride of the block.
    public let depthwise: DepthwiseConv2d
    /// Of the depthwise convolution.
    public let bn1: BatchNorm2d
    /// 1×1, from the inputs to the outputs.
    public let pointwise: Conv2d
    /// Of the pointwise convolution.
    public let bn2: BatchNorm2d

    /// Weights start normally distributed for ReLU, by the outputs of their group (He et al. 2015).
    public init(_ inputs: Int, _ outputs: Int, stride: Int = 1, using generator: RandomGenerator = .default) {
        depthwise = DepthwiseConv2d(
            inputs, kernel: 3, stride: Extents(stride), padding: 1, bias: false, using: generator
        ).initialized(.normal(mean: 0, std: (2 / 9.0).squareRoot()), using: generator)
        bn1 = BatchNorm2d(inputs, activation: .relu6)
        pointwise = Conv2d(inputs, outputs, kernel: 1, bias: false, using: generator)
            .initialized(.heNormal(fan: .fanOut), using: generator)
        bn2 = BatchNorm2d(outputs, activation: .relu6)
    }

    public override var members: [(name: String, member: Member)] {
        [
            ("conv_dw", .module(depthwise)), ("bn1", .module(bn1)), ("conv_pw", .module(pointwise)),
            ("bn2", .module(bn2)),
        ]
    }

    /// [batch, inputs, height, width] to [batch, outputs, ⌈height / stride⌉, ⌈width / stride⌉].
    public func forward(_ x: Tensor) -> Tensor {
        bn2(pointwise(bn1(depthwise(x))))
    }
}
