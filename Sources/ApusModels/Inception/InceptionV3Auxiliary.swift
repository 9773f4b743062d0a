import Apus
import ApusNN

/// A head that tells the classes from the middle of `InceptionV3`, for training (Szegedy et al. 2015):
/// [batch, inputs, height, width], from 17×17, to [batch, classes].
///
/// State: `conv0.…`, `conv1.…`, `fc.weight`, `fc.bias`.
public final class InceptionV3Auxiliary: Module, Layer {
    /// 1×1, to 128 channels.
    public let conv0: InceptionConv
    /// 5×5, to 768 channels.
    public let conv1: InceptionConv
    /// From the averages of all positions to the classes.
    public let fc: Linear

    /// The linear layer's weights start with a deviation of 0.001, those of the convolutions with 0.1.
    public init(_ inputs: Int, classes: Int, using generator: RandomGenerator = .default) {
        conv0 = InceptionConv(inputs, 128, kernel: 1, std: 0.1, using: generator)
        conv1 = InceptionConv(128, 768, kernel: 5, std: 0.1, using: generator)
        fc = Linear(768, classes, using: generator)
        fc.weight.value = .normal(fc.weight.shape, mean: 0, std: 0.001, using: generator)
    }

    /// [batch, inputs, height, width] to [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        fc(conv1(conv0(x.avgPool2d(5, stride: 3))).globalAvgPool().flatten(from: 1))
    }
}
