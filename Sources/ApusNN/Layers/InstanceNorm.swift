import Apus

/// Instance normalisation of [N, C, L] or [C, L].
public typealias InstanceNorm1d = InstanceNorm<1>
/// Instance normalisation of images, [N, C, H, W] or [C, H, W].
public typealias InstanceNorm2d = InstanceNorm<2>
/// Instance normalisation of volumes, [N, C, D, H, W] or [C, D, H, W].
public typealias InstanceNorm3d = InstanceNorm<3>

/// Instance normalisation (Ulyanov et al. 2016): each channel of each sample by its own mean and variance;
/// where running statistics are kept, evaluation uses those.
///
/// Inputs without a batch axis are one sample. State, where there is any: `weight`, `bias`,
/// `running_mean`, `running_var`, `num_batches_tracked`.
public final class InstanceNorm<let axes: Int>: Module, Layer {
    /// The extent of the axis after that of samples.
    public let channels: Int
    /// Added to variances before their square root is taken.
    public let epsilon: Double
    /// The share of a batch in the running statistics.
    public let momentum: Double
    /// γ, [channels], 1 at the start; nil where `affine` was false.
    public let weight: Parameter?
    /// β, [channels], 0 at the start; nil where `affine` was false.
    public let bias: Parameter?
    /// [channels], 0 at the start; nil where no statistics are kept.
    public let runningMean: Buffer?
    /// Of the unbiased variances, over n - 1.
    public let runningVariance: Buffer?
    /// Stays 0, as in PyTorch.
    public let batchesTracked: Buffer?

    /// - Parameters:
    ///   - channels: the extent of the axis after that of samples.
    ///   - epsilon: added to variances before their square root is taken.
    ///   - momentum: the share of a batch in the running statistics.
    ///   - affine: scale and move each channel by a weight and a bias.
    ///   - trackRunningStatistics: keep them, and use them in evaluation.
    public init(
        _ channels: Int, epsilon: Double = 1e-5, momentum: Double = 0.1, affine: Bool = false,
        trackRunningStatistics: Bool = false
    ) {
        let operation = "instanceNorm\(axes)d"
        checkAxes(axes, operation)
        if channels < 0 { fail(operation, "\(channels) channels make no layer") }
        Tensor.checkShape([channels], operation)
        self.channels = channels
        self.epsilon = epsilon
        self.momentum = momentum
        weight = affine ? Parameter(.ones([channels])) : nil
        bias = affine ? Parameter(.zeros([channels])) : nil
        let tracks = trackRunningStatistics
        runningMean = tracks ? Buffer(.zeros([channels]), name: "running_mean") : nil
        runningVariance = tracks ? Buffer(.ones([channels]), name: "running_var") : nil
        batchesTracked = tracks ? Buffer(.zeros([], dtype: .int64), name: "num_batches_tracked") : nil
    }

    /// Normalises each channel of each sample, in the shape of `x`. The program stops for other numbers of axes or
    /// channels.
    public func forward(_ x: Tensor) -> Tensor {
        let rank = axes + 2
        if x.rank == rank - 1 { return self(x.unsqueeze(0)).squeeze(axis: 0) }
        if x.rank != rank || x.shape[1] != channels {
            fail(
                "instanceNorm\(axes)d",
                "takes \(rank) axes, or \(rank - 1) without a batch, and \(channels) channels, not shape "
                    + "\(x.shape)")
        }
        if !isTraining, let runningMean, let runningVariance {
            return x.batchNorm(
                mean: runningMean.value, variance: runningVariance.value, weight: weight?.value,
                bias: bias?.value, epsilon: epsilon)
        }
        let (values, mean, variance) = x.instanceNormAndMoments(
            weight: weight?.value, bias: bias?.value, epsilon: epsilon)
        if isTraining && x.count > 0 && !CheckpointRecord.isRepeating {
            let count = Double(x.count / (x.shape[0] * channels))
            runningMean?.follow(mean.mean(axis: 0), share: momentum)
            runningVariance?.follow(variance.mean(axis: 0) * (count / (count - 1)), share: momentum)
        }
        return values
    }
}
