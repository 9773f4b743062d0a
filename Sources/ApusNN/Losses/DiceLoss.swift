import Apus

/// 1 - the Dice coefficient of predicted masks; see `Tensor.diceLoss`.
public final class DiceLoss: Module, Loss {
    /// Added to numerator and denominator.
    public let smoothing: Double
    /// Whether the denominator sums squares.
    public let squared: Bool
    /// What is done with the losses of the examples.
    public let reduction: LossReduction

    /// The settings of `Tensor.diceLoss`.
    public init(smoothing: Double = 1, squared: Bool = true, reduction: LossReduction = .mean) {
        self.smoothing = smoothing
        self.squared = squared
        self.reduction = reduction
    }

    /// A scalar, or the losses of all examples.
    public func forward(_ probabilities: Tensor, _ targets: Tensor) -> Tensor {
        probabilities.diceLoss(targets, smoothing: smoothing, squared: squared, reduction: reduction)
    }
}
