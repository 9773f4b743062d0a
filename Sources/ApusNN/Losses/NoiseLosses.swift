import Apus

/// The loss of negative sampling, from scores of words and of noise; see `Tensor.negativeSamplingLoss`.
public final class NegativeSamplingLoss: Module {
    /// What is done with the losses of the examples.
    public let reduction: LossReduction

    /// - Parameter reduction: over the examples.
    public init(reduction: LossReduction = .mean) { self.reduction = reduction }

    /// A scalar, or the losses of all examples.
    public func callAsFunction(
        _ scores: Tensor, noise: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) { scores.negativeSamplingLoss(noise: noise, reduction: reduction) }
    }
}

/// The loss of noise-contrastive estimation; see `Tensor.noiseContrastiveLoss`.
public final class NoiseContrastiveLoss: Module {
    /// What is done with the losses of the examples.
    public let reduction: LossReduction

    /// - Parameter reduction: over the examples.
    public init(reduction: LossReduction = .mean) { self.reduction = reduction }

    /// A scalar, or the losses of all examples.
    public func callAsFunction(
        _ scores: Tensor, noise: Tensor, logProbabilities: Tensor, noiseLogProbabilities: Tensor,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) {
            scores.noiseContrastiveLoss(
                noise: noise, logProbabilities: logProbabilities,
                noiseLogProbabilities: noiseLogProbabilities, reduction: reduction)
        }
    }
}
