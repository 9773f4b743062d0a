import Apus

/// The binary cross-entropy of probabilities; see `Tensor.binaryCrossEntropy`.
public final class BCELoss: Module, Loss {
    /// A factor for each loss.
    public let weight: Buffer?
    /// What is done with the losses of the elements.
    public let reduction: LossReduction

    /// - Parameter weight: a factor for each loss, which broadcasts.
    public init(weight: Tensor? = nil, reduction: LossReduction = .mean) {
        self.weight = weight.map { Buffer($0) }
        self.reduction = reduction
    }

    /// A scalar, or the losses of all elements.
    public func forward(_ probabilities: Tensor, _ targets: Tensor) -> Tensor {
        probabilities.binaryCrossEntropy(targets, weight: weight?.value, reduction: reduction)
    }
}

/// The binary cross-entropy of logits; see `Tensor.binaryCrossEntropyWithLogits`.
public final class BCEWithLogitsLoss: Module, Loss {
    /// A factor for each loss.
    public let weight: Buffer?
    /// A factor for the terms of the positive class.
    public let positiveWeight: Buffer?
    /// What is done with the losses of the elements.
    public let reduction: LossReduction

    /// - Parameters:
    ///   - weight: a factor for each loss, which broadcasts.
    ///   - positiveWeight: a factor for the terms of the positive class, which broadcasts.
    public init(weight: Tensor? = nil, positiveWeight: Tensor? = nil, reduction: LossReduction = .mean) {
        self.weight = weight.map { Buffer($0) }
        self.positiveWeight = positiveWeight.map { Buffer($0, name: "pos_weight") }
        self.reduction = reduction
    }

    /// A scalar, or the losses of all elements.
    public func forward(_ logits: Tensor, _ targets: Tensor) -> Tensor {
        logits.binaryCrossEntropyWithLogits(
            targets, weight: weight?.value, positiveWeight: positiveWeight?.value, reduction: reduction)
    }
}

/// The binary cross-entropy of logits that makes little of what is right already; see `Tensor.sigmoidFocalLoss`.
public final class SigmoidFocalLoss: Module, Loss {
    /// The weight of the positive class; nil weighs both alike.
    public let alpha: Double?
    /// γ, how much less counts what is right.
    public let gamma: Double
    /// What is done with the losses of the elements.
    public let reduction: LossReduction

    /// The settings of `Tensor.sigmoidFocalLoss`.
    public init(alpha: Double? = 0.25, gamma: Double = 2, reduction: LossReduction = .mean) {
        self.alpha = alpha
        self.gamma = gamma
        self.reduction = reduction
    }

    /// A scalar, or the losses of all elements.
    public func forward(_ logits: Tensor, _ targets: Tensor) -> Tensor {
        logits.sigmoidFocalLoss(targets, alpha: alpha, gamma: gamma, reduction: reduction)
    }
}
