import Apus

/// Whitening batch normalisation of complex [N, C] or [N, C, L].
public typealias ComplexBatchNorm1d = ComplexBatchNorm<1>
/// Whitening batch normalisation of complex images, [N, C, H, W].
public typealias ComplexBatchNorm2d = ComplexBatchNorm<2>
/// Whitening batch normalisation of complex volumes, [N, C, D, H, W].
public typealias ComplexBatchNorm3d = ComplexBatchNorm<3>

/// Batch normalisation of complex numbers by whitening the vector of their parts (Trabelsi et al. 2018): in training with
/// the batch's mean and covariance, which the running ones follow; in evaluation with the running ones.
///
/// As in the paper γ and the running covariance start at 1/√2 on the diagonal and 0 off it: the result has modulus 1 in
/// the root mean square. complexPyTorch starts both at √2.
///
/// State, as complexPyTorch's: `weight` [C, 3] (rr, ii, ri), `bias` [C, 2], `running_mean` [C], complex, `running_covar`
/// [C, 3], `num_batches_tracked`.
public final class ComplexBatchNorm<let axes: Int>: Module, Layer, SynchronizableNorm {
    /// The extent of axis 1 of every input.
    public let channels: Int
    /// Added to the variances of both parts before they are whitened.
    public let epsilon: Double
    /// The share of a batch in the running statistics; nil gives all batches the same.
    public let momentum: Double?
    /// γrr, γii and γri of each channel, real.
    public let weight: Parameter?
    /// The real and the imaginary part for each channel.
    public let bias: Parameter?
    /// Complex [channels], 0 at the start; nil where no statistics are kept.
    public let runningMean: Buffer?
    /// Of the unbiased covariances, over n - 1, without ε: of the real parts, of the imaginary parts, of both.
    public let runningCovariance: Buffer?
    /// int64, the number of batches in the running statistics; nil where none are kept.
    public let batchesTracked: Buffer?
    /// What is applied to the result, in the same pass over memory; of complex numbers to both parts: `.relu` is `CReLU`.
    public let activation: FusedActivation
    /// Whether training within `withRankSums` uses the mean and covariance of the rows of all ranks, not of this one's; see
    /// `BatchNorm.isSynchronized`.
    public var isSynchronized = false

    /// - Parameters:
    ///   - channels: the extent of axis 1 of every input.
    ///   - epsilon: added to the variances of both parts.
    ///   - momentum: the share of a batch in the running statistics; nil gives all batches the same.
    ///   - affine: scale and move each channel by a weight and a bias.
    ///   - trackRunningStatistics: whether running statistics are kept; if not, evaluation uses those of the batch,
    ///     too.
    ///   - dtype: complex64 or complex128: of the running mean; parameters are of its real type.
    public init(
        _ channels: Int, epsilon: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true,
        trackRunningStatistics: Bool = true,
        activation: FusedActivation = .none, dtype: DType = .complex64
    ) {
        let operation = "complexBatchNorm\(axes)d"
        checkAxes(axes, operation)
        if channels < 0 { fail(operation, "\(channels) channels make no layer") }
        Tensor.checkShape([channels], operation)
        checkComplex(dtype, operation)
        self.channels = channels
        self.epsilon = epsilon
        self.momentum = momentum
        self.activation = activation
        let part = dtype.realType
        weight = affine ? Parameter(.diagonalWeights([channels], part)) : nil
        bias = affine ? Parameter(.zeros([channels, 2], dtype: part)) : nil
        let tracks = trackRunningStatistics
        runningMean = tracks ? Buffer(.zeros([channels], dtype: dtype), name: "running_mean") : nil
        runningCovariance =
            tracks ? Buffer(.diagonalWeights([channels], part), name: "running_covar") : nil
        batchesTracked = tracks ? Buffer(.zeros([], dtype: .int64), name: "num_batches_tracked") : nil
    }

    /// Whitens each channel, in the shape of `x`; in training the running statistics follow. The program stops for
    /// other numbers of axes or channels.
    public func forward(_ x: Tensor) -> Tensor {
        checkNormInput(x, "complexBatchNorm\(axes)d", axes: axes, channels)
        let bias = bias?.value.viewAsComplex()
        if !isTraining, let runningMean, let runningCovariance {
            return x.complexBatchNorm(
                mean: runningMean.value, covariance: runningCovariance.value, weight: weight?.value,
                bias: bias, epsilon: epsilon, activation: activation)
        }
        if isTraining, isSynchronized, let ranks = RankSums.current {
            let (values, mean, covariance, count) = x.synchronizedComplexBatchNorm(
                weight: weight?.value, bias: bias, epsilon: epsilon, activation: activation, over: ranks)
            if count > 1 && !CheckpointRecord.isRepeating { follow(mean, covariance, count: count) }
            return values
        }
        let (values, mean, covariance) = x.complexBatchNormAndMoments(
            weight: weight?.value, bias: bias, epsilon: epsilon, activation: activation)
        if isTraining && x.count > 0 && !CheckpointRecord.isRepeating {
            follow(mean, covariance, count: x.count / channels)
        }
        return values
    }

    private func follow(_ mean: Tensor, _ covariance: Tensor, count: Int) {
        guard let runningMean, let runningCovariance, let batchesTracked else { return }
        batchesTracked.value += 1
        let share = momentum ?? 1 / Double(batchesTracked.value.item(as: Int.self))
        runningMean.follow(mean, share: share)
        runningCovariance.follow(covariance * (Double(count) / Double(count - 1)), share: share)
    }
}

extension Tensor {
    /// Symmetric matrices (rr, ii, ri) with 1/√2 on the diagonal, and 0 off it.
    static func diagonalWeights(_ shape: Shape, _ dtype: DType) -> Tensor {
        let half = 0.5.squareRoot()
        return Tensor([half, half, 0], shape: [3], dtype: dtype).broadcast(to: shape + [3]).contiguous()
    }
}

/// Stops the program where a layer of complex numbers is made of another type.
func checkComplex(_ dtype: DType, _ operation: String) {
    if !dtype.isComplex {
        fail(operation, "a dtype of \(dtype), which is not complex: .complex64 or .complex128")
    }
}
