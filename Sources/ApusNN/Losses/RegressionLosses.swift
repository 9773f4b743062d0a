import Apus

/// The squared error; see `Tensor.mseLoss`.
public final class MSELoss: Module, Loss {
    /// What is done with the losses of the elements.
    public let reduction: LossReduction

    /// - Parameter reduction: over all elements.
    public init(reduction: LossReduction = .mean) { self.reduction = reduction }

    /// A scalar, or the losses of all elements.
    public func forward(_ predictions: Tensor, _ targets: Tensor) -> Tensor {
        predictions.mseLoss(targets, reduction: reduction)
    }
}

/// The absolute error; see `Tensor.l1Loss`.
public final class L1Loss: Module, Loss {
    /// What is done with the losses of the elements.
    public let reduction: LossReduction

    /// - Parameter reduction: over all elements.
    public init(reduction: LossReduction = .mean) { self.reduction = reduction }

    /// A scalar, or the losses of all elements.
    public func forward(_ predictions: Tensor, _ targets: Tensor) -> Tensor {
        predictions.l1Loss(targets, reduction: reduction)
    }
}

/// Squared near the target, absolute beyond; see `Tensor.smoothL1Loss`.
public final class SmoothL1Loss: Module, Loss {
    /// The distance at which it becomes absolute.
    public let beta: Double
    /// What is done with the losses of the elements.
    public let reduction: LossReduction

    /// - Parameter beta: the distance at which it becomes absolute.
    public init(beta: Double = 1, reduction: LossReduction = .mean) {
        self.beta = beta
        self.reduction = reduction
    }

    /// A scalar, or the losses of all elements.
    public func forward(_ predictions: Tensor, _ targets: Tensor) -> Tensor {
        predictions.smoothL1Loss(targets, beta: beta, reduction: reduction)
    }
}

/// Squared near the target, with the slope δ beyond; see `Tensor.huberLoss`.
public final class HuberLoss: Module, Loss {
    /// The distance beyond which the slope is constant.
    public let delta: Double
    /// What is done with the losses of the elements.
    public let reduction: LossReduction

    /// - Parameter delta: the distance beyond which the slope is constant.
    public init(delta: Double = 1, reduction: LossReduction = .mean) {
        self.delta = delta
        self.reduction = reduction
    }

    /// A scalar, or the losses of all elements.
    public func forward(_ predictions: Tensor, _ targets: Tensor) -> Tensor {
        predictions.huberLoss(targets, delta: delta, reduction: reduction)
    }
}
