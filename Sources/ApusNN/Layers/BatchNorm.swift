import Apus

/// Batch normalisation of [N, C] or [N, C, L].
public typealias BatchNorm1d = BatchNorm<1>
/// Batch normalisation of images, [N, C, H, W].
public typealias BatchNorm2d = BatchNorm<2>
/// Batch normalisation of volumes, [N, C, D, H, W].
public typealias BatchNorm3d = BatchNorm<3>

/// Batch normalisation (Ioffe and Szegedy 2015): in training with the batch's mean and variance, which the
/// running ones follow; in evaluation with the running ones.
///
/// State: `weight`, `bias`, `running_mean`, `running_var`, `num_batches_tracked`.
public final class BatchNorm<let axes: Int>: Module, Layer, SynchronizableNorm {
    /// The extent of axis 1 of every input.
    public let channels: Int
    /// Added to variances before their square root is taken.
    public let epsilon: Double
    /// The share of a batch in the running statistics; nil gives all batches the same.
    public var momentum: Double?
    /// γ, [channels], 1 at the start; nil where `affine` was false.
    public let weight: Parameter?
    /// β, [channels], 0 at the start; nil where `affine` was false.
    public let bias: Parameter?
    /// [channels], 0 at the start; nil where no statistics are kept.
    public let runningMean: Buffer?
    /// Of the unbiased variances, over n - 1.
    public let runningVariance: Buffer?
    /// int64, the number of batches in the running statistics; nil where none are kept.
    public let batchesTracked: Buffer?
    /// What is applied to the result, in the same pass over memory.
    public let activation: FusedActivation
    /// Whether training within `withRankSums` uses the mean and variance of the rows of all ranks, not of this one's. Then one sum
    /// over ranks is made in the forward pass and one in the backward pass, by every rank, also one without rows.
    public var isSynchronized = false

    /// - Parameters:
    ///   - channels: the extent of axis 1 of every input.
    ///   - epsilon: added to variances before their square root is taken.
    ///   - momentum: the share of a batch in the running statistics; nil gives all batches the same.
    ///   - affine: scale and move each channel by a weight and a bias.
    ///   - trackRunningStatistics: whether running statistics are kept; if not, evaluation uses those of the batch,
    ///     too.
    public init(
        _ channels: Int, epsilon: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true,
        trackRunningStatistics: Bool = true, activation: FusedActivation = .none
    ) {
        let operation = "batchNorm\(axes)d"
        checkAxes(axes, operation)
        if channels < 0 { fail(operation, "\(channels) channels make no layer") }
        Tensor.checkShape([channels], operation)
        self.channels = channels
        self.epsilon = epsilon
        self.momentum = momentum
        self.activation = activation
        weight = affine ? Parameter(.ones([channels])) : nil
        bias = affine ? Parameter(.zeros([channels])) : nil
        let tracks = trackRunningStatistics
        runningMean = tracks ? Buffer(.zeros([channels]), name: "running_mean") : nil
        runningVariance = tracks ? Buffer(.ones([channels]), name: "running_var") : nil
        batchesTracked = tracks ? Buffer(.zeros([], dtype: .int64), name: "num_batches_tracked") : nil
    }

    /// Normalises each channel, in the shape of `x`; in training the running statistics follow. The program stops for
    /// other numbers of axes or channels.
    public func forward(_ x: Tensor) -> Tensor {
        checkNormInput(x, "batchNorm\(axes)d", axes: axes, channels)
        if !isTraining, let runningMean, let runningVariance {
            return x.batchNorm(
                mean: runningMean.value, variance: runningVariance.value, weight: weight?.value,
                bias: bias?.value, epsilon: epsilon, activation: activation)
        }
        if isTraining, isSynchronized, let ranks = RankSums.current {
            let (values, mean, variance, count) = x.synchronizedBatchNorm(
                weight: weight?.value, bias: bias?.value, epsilon: epsilon, activation: activation,
                over: ranks)
            if count > 1 && !CheckpointRecord.isRepeating { follow(mean, variance, count: count) }
            return values
        }
        let (values, mean, variance) = x.batchNormAndMoments(
            weight: weight?.value, bias: bias?.value, epsilon: epsilon, activation: activation)
        if isTraining && x.count > 0 && !CheckpointRecord.isRepeating {
            follow(mean, variance, count: x.count / channels)
        }
        return values
    }

    private func follow(_ mean: Tensor, _ variance: Tensor, count: Int) {
        guard let runningMean, let runningVariance, let batchesTracked else { return }
        batchesTracked.value += 1
        let share = momentum ?? 1 / Double(batchesTracked.value.item(as: Int.self))
        runningMean.follow(mean, share: share)
        runningVariance.follow(variance * (Double(count) / Double(count - 1)), share: share)
    }
}

extension Buffer {
    /// Moves the values towards others, by a share of the difference.
    func follow(_ other: Tensor, share: Double) {
        value = (value * (1 - share) + other * share).to(value.dtype)
    }
}

/// Stops the program where an input is not [N, channels, spatial axes…]; a single spatial axis may be missing.
func checkNormInput(
    _ x: Tensor, _ operation: @autoclosure () -> String, axes: Int, _ channels: Int
) {
    let isRank = x.rank == axes + 2 || axes == 1 && x.rank == 2
    if isRank && x.shape[1] == channels { return }
    fail(
        operation(),
        "takes \(axes == 1 ? "2 or 3" : "\(axes + 2)") axes and \(channels) channels along axis 1, not shape \(x.shape)"
    )
}
