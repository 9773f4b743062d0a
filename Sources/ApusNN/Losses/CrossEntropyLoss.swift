import Apus

/// The softmax cross-entropy of logits [N, classes, ...] against class numbers [N, ...] or probabilities; see
/// `Tensor.softmaxCrossEntropy`.
public final class CrossEntropyLoss: Module, Loss {
    /// That of the classes; nil is 1.
    public let axis: Int?
    /// [classes]; a factor for the term of each class.
    public let classWeights: Buffer?
    /// What is done with the losses of the rows.
    public let reduction: LossReduction
    /// The share of the target that is spread evenly over all classes.
    public let labelSmoothing: Double
    /// A class that takes no part in the loss.
    public let ignoreIndex: Int

    /// The settings of `Tensor.softmaxCrossEntropy`.
    public init(
        axis: Int? = nil, classWeights: Tensor? = nil, reduction: LossReduction = .mean,
        labelSmoothing: Double = 0, ignoreIndex: Int = -100
    ) {
        self.axis = axis
        self.classWeights = classWeights.map { Buffer($0, name: "weight") }
        self.reduction = reduction
        self.labelSmoothing = labelSmoothing
        self.ignoreIndex = ignoreIndex
    }

    /// A scalar, or the losses of all rows.
    public func forward(_ logits: Tensor, _ targets: Tensor) -> Tensor {
        logits.softmaxCrossEntropy(
            targets, axis: axis, classWeights: classWeights?.value, reduction: reduction,
            labelSmoothing: labelSmoothing, ignoreIndex: ignoreIndex)
    }
}

/// The negative log-likelihood of class numbers [N, ...], from logarithms of probabilities [N, classes, ...]; see
/// `Tensor.nllLoss`.
public final class NLLLoss: Module, Loss {
    /// That of the classes; nil is 1.
    public let axis: Int?
    /// [classes]; a factor for the losses of each class.
    public let classWeights: Buffer?
    /// What is done with the losses of the rows.
    public let reduction: LossReduction
    /// A class that takes no part in the loss.
    public let ignoreIndex: Int

    /// The settings of `Tensor.nllLoss`.
    public init(
        axis: Int? = nil, classWeights: Tensor? = nil, reduction: LossReduction = .mean,
        ignoreIndex: Int = -100
    ) {
        self.axis = axis
        self.classWeights = classWeights.map { Buffer($0, name: "weight") }
        self.reduction = reduction
        self.ignoreIndex = ignoreIndex
    }

    /// A scalar, or the losses of all rows.
    public func forward(_ logarithms: Tensor, _ targets: Tensor) -> Tensor {
        logarithms.nllLoss(
            targets, axis: axis, classWeights: classWeights?.value, reduction: reduction,
            ignoreIndex: ignoreIndex)
    }
}
