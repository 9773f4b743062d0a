import Apus

/// Group normalisation of [N, C, …] (Wu and He 2018); `weight` and `bias` are [C].
public final class GroupNorm: Module, Layer {
    /// Runs of channels, each normalised together.
    public let groups: Int
    /// The extent of axis 1 of every input, which the groups divide.
    public let channels: Int
    /// Added to variances before their square root is taken.
    public let epsilon: Double
    /// γ, [channels], 1 at the start; nil where `affine` was false.
    public let weight: Parameter?
    /// β, [channels], 0 at the start; nil where `affine` was false.
    public let bias: Parameter?

    /// The program stops where the groups do not divide the channels.
    ///
    /// - Parameters:
    ///   - epsilon: added to variances before their square root is taken.
    ///   - affine: scale and move each channel by a weight and a bias.
    public init(groups: Int, _ channels: Int, epsilon: Double = 1e-5, affine: Bool = true) {
        if groups < 1 || channels % groups != 0 {
            fail("groupNorm", "\(channels) channels do not make \(groups) groups")
        }
        Tensor.checkShape([channels], "groupNorm")
        self.groups = groups
        self.channels = channels
        self.epsilon = epsilon
        weight = affine ? Parameter(.ones([channels])) : nil
        bias = affine ? Parameter(.zeros([channels])) : nil
    }

    /// [N, channels, …], in the same shape; the program stops for another number of channels.
    public func forward(_ x: Tensor) -> Tensor {
        if x.rank < 2 || x.shape[1] != channels {
            fail("groupNorm", "takes \(channels) channels along axis 1, not shape \(x.shape)")
        }
        return x.groupNorm(groups: groups, weight: weight?.value, bias: bias?.value, epsilon: epsilon)
    }
}
