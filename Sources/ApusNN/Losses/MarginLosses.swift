import Apus

/// The hinge loss of a classifier of two classes, 1 and -1; see `Tensor.hingeLoss`.
public final class HingeLoss: Module, Loss {
    /// Whether the losses are squared.
    public let squared: Bool
    /// What is done with the losses of the elements.
    public let reduction: LossReduction

    /// - Parameter squared: whether the losses are squared.
    public init(squared: Bool = false, reduction: LossReduction = .mean) {
        self.squared = squared
        self.reduction = reduction
    }

    /// A scalar, or the losses of all elements.
    public func forward(_ scores: Tensor, _ targets: Tensor) -> Tensor {
        scores.hingeLoss(targets, squared: squared, reduction: reduction)
    }
}

/// Distances of pairs that are to be alike, 1, or apart, -1; see `Tensor.hingeEmbeddingLoss`.
public final class HingeEmbeddingLoss: Module, Loss {
    /// How far apart others are to be.
    public let margin: Double
    /// What is done with the losses of the elements.
    public let reduction: LossReduction

    /// - Parameter margin: how far apart others are to be.
    public init(margin: Double = 1, reduction: LossReduction = .mean) {
        self.margin = margin
        self.reduction = reduction
    }

    /// A scalar, or the losses of all elements.
    public func forward(_ distances: Tensor, _ targets: Tensor) -> Tensor {
        distances.hingeEmbeddingLoss(targets, margin: margin, reduction: reduction)
    }
}

/// The logistic loss of a classifier of two classes, 1 and -1; see `Tensor.softMarginLoss`.
public final class SoftMarginLoss: Module, Loss {
    /// What is done with the losses of the elements.
    public let reduction: LossReduction

    /// - Parameter reduction: over all elements.
    public init(reduction: LossReduction = .mean) { self.reduction = reduction }

    /// A scalar, or the losses of all elements.
    public func forward(_ scores: Tensor, _ targets: Tensor) -> Tensor {
        scores.softMarginLoss(targets, reduction: reduction)
    }
}

/// The hinge loss of a classifier of many classes; see `Tensor.multiMarginLoss`.
public final class MultiMarginLoss: Module, Loss {
    /// 1, or 2 for squares.
    public let p: Int
    /// By how much the score of the class is to be the highest.
    public let margin: Double
    /// [classes]; a factor for the losses of each class.
    public let classWeights: Buffer?
    /// What is done with the losses of the examples.
    public let reduction: LossReduction

    /// The settings of `Tensor.multiMarginLoss`.
    public init(
        p: Int = 1, margin: Double = 1, classWeights: Tensor? = nil, reduction: LossReduction = .mean
    ) {
        self.p = p
        self.margin = margin
        self.classWeights = classWeights.map { Buffer($0, name: "weight") }
        self.reduction = reduction
    }

    /// A scalar, or the losses of all examples.
    public func forward(_ scores: Tensor, _ targets: Tensor) -> Tensor {
        scores.multiMarginLoss(
            targets, p: p, margin: margin, classWeights: classWeights?.value, reduction: reduction)
    }
}

/// The hinge loss of examples with several classes; see `Tensor.multiLabelMarginLoss`.
public final class MultiLabelMarginLoss: Module, Loss {
    /// What is done with the losses of the examples.
    public let reduction: LossReduction

    /// - Parameter reduction: over the examples.
    public init(reduction: LossReduction = .mean) { self.reduction = reduction }

    /// A scalar, or the losses of all examples.
    public func forward(_ scores: Tensor, _ targets: Tensor) -> Tensor {
        scores.multiLabelMarginLoss(targets, reduction: reduction)
    }
}

/// The binary cross-entropy of each class's logit; see `Tensor.multiLabelSoftMarginLoss`.
public final class MultiLabelSoftMarginLoss: Module, Loss {
    /// [classes]; a factor for the losses of each class.
    public let classWeights: Buffer?
    /// What is done with the losses of the examples.
    public let reduction: LossReduction

    /// - Parameter classWeights: a factor for the losses of each class.
    public init(classWeights: Tensor? = nil, reduction: LossReduction = .mean) {
        self.classWeights = classWeights.map { Buffer($0, name: "weight") }
        self.reduction = reduction
    }

    /// A scalar, or the losses of all examples.
    public func forward(_ logits: Tensor, _ targets: Tensor) -> Tensor {
        logits.multiLabelSoftMarginLoss(targets, classWeights: classWeights?.value, reduction: reduction)
    }
}
