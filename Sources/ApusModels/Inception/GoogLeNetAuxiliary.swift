import Apus
import ApusNN

/// A head that tells the classes from the middle of `GoogLeNet`, for training (Szegedy et al. 2014): [batch,
/// inputs, height, width] to [batch, classes].
///
/// State: `conv.conv.weight`, `conv.bn.…`, `fc1.weight`, `fc1.bias`, `fc2.weight`, `fc2.bias`.
public final class GoogLeNetAuxiliary: Module, Layer {
    /// 1×1, to 128 channels.
    public let conv: InceptionConv
    /// From 4×4 positions to 1024 numbers, with ReLU.
    public let fc1: Linear
    /// To the classes.
    public let fc2: Linear
    /// Between the linear layers.
    public let dropout: Dropout

    /// - Parameter std: the standard deviation of all weights at the start.
    public init(_ inputs: Int, classes: Int, std: Double, using generator: RandomGenerator = .default) {
        conv = InceptionConv(inputs, 128, kernel: 1, std: std, using: generator)
        fc1 = Linear(128 * 4 * 4, 1024, activation: .relu, using: generator)
        fc2 = Linear(1024, classes, using: generator)
        dropout = Dropout(0.7)
        for layer in [fc1, fc2] {
            layer.weight.value = .normal(layer.weight.shape, mean: 0, std: std, using: generator)
        }
    }

    /// [batch, inputs, height, width] to [batch, classes].
    public func forward(_ x: Tensor) -> Tensor {
        fc2(dropout(fc1(conv(x.adaptiveAvgPool2d(4)).flatten(from: 1))))
    }
}
