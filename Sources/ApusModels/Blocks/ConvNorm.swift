import Apus
import ApusNN

/// A convolution without bias, batch normalisation and an activation: torchvision's `Conv2dNormActivation`.
///
/// State: `0.weight`, and `1.…` of the normalisation, or as the names are given.
public final class ConvNorm: Module, Layer {
    /// Without bias.
    public let convolution: Conv2d
    /// Of the convolution's channels.
    public let norm: BatchNorm2d
    private let names: (convolution: String, norm: String)

    /// Weights start normally distributed for ReLU, by their outputs (He et al. 2015).
    ///
    /// - Parameters:
    ///   - padding: by default as many positions as keep the extent at stride 1.
    ///   - epsilon: of the normalisation.
    ///   - momentum: of its running statistics.
    ///   - names: of the two in the state.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Int = 3, stride: Int = 1, padding: Int? = nil,
        dilation: Int = 1, groups: Int = 1, epsilon: Double = 1e-5, momentum: Double = 0.1,
        activation: FusedActivation = .relu, names: (convolution: String, norm: String) = ("0", "1"),
        using generator: RandomGenerator = .default
    ) {
        self.names = names
        convolution = Conv2d(
            inputs, outputs, kernel: Extents(kernel), stride: Extents(stride),
            padding: .symmetric(Extents(padding ?? (kernel - 1) / 2 * dilation)), dilation: Extents(dilation),
            groups: groups, bias: false, using: generator
        ).initialized(.heNormal(fan: .fanOut), using: generator)
        norm = BatchNorm2d(
            outputs, epsilon: epsilon, momentum: momentum, activation: activation)
    }

    public override var members: [(name: String, member: Member)] {
        [(names.convolution, .module(convolution)), (names.norm, .module(norm))]
    }

    /// [batch, inputs, height, width] to [batch, outputs, height, width], smaller by the stride.
    public func forward(_ x: Tensor) -> Tensor {
        norm(convolution(x))
    }
}
