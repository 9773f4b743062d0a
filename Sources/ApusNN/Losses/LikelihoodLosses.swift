import Apus

/// The negative log-likelihood of counts; see `Tensor.poissonNLLLoss`.
public final class PoissonNLLLoss: Module, Loss {
    /// Whether predictions are logarithms of rates.
    public let logInput: Bool
    /// Whether the term of the target alone is approximated.
    public let full: Bool
    /// Added to rates in the logarithm.
    public let epsilon: Double
    /// What is done with the losses of the elements.
    public let reduction: LossReduction

    /// The settings of `Tensor.poissonNLLLoss`.
    public init(
        logInput: Bool = true, full: Bool = false, epsilon: Double = 1e-8, reduction: LossReduction = .mean
    ) {
        self.logInput = logInput
        self.full = full
        self.epsilon = epsilon
        self.reduction = reduction
    }

    /// A scalar, or the losses of all elements.
    public func forward(_ predictions: Tensor, _ targets: Tensor) -> Tensor {
        predictions.poissonNLLLoss(
            targets, logInput: logInput, full: full, epsilon: epsilon, reduction: reduction)
    }
}

/// The negative log-likelihood of a normal distribution; see `Tensor.gaussianNLLLoss`.
public final class GaussianNLLLoss: Module {
    /// Whether log(2π) / 2 is added.
    public let full: Bool
    /// The smallest variance that counts.
    public let epsilon: Double
    /// What is done with the losses of the elements.
    public let reduction: LossReduction

    /// The settings of `Tensor.gaussianNLLLoss`.
    public init(full: Bool = false, epsilon: Double = 1e-6, reduction: LossReduction = .mean) {
        self.full = full
        self.epsilon = epsilon
        self.reduction = reduction
    }

    /// A scalar, or the losses of all elements.
    public func callAsFunction(
        _ means: Tensor, _ targets: Tensor, _ variances: Tensor, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) {
            means.gaussianNLLLoss(
                targets, variance: variances, full: full, epsilon: epsilon, reduction: reduction)
        }
    }
}

/// The Kullback–Leibler divergence; see `Tensor.klDivLoss`.
public final class KLDivLoss: Module, Loss {
    /// Whether targets are logarithms too.
    public let logTarget: Bool
    /// What is done with the terms.
    public let reduction: DivergenceReduction

    /// - Parameter logTarget: whether targets are logarithms too.
    public init(logTarget: Bool = false, reduction: DivergenceReduction = .mean) {
        self.logTarget = logTarget
        self.reduction = reduction
    }

    /// A scalar, or all terms.
    public func forward(_ logarithms: Tensor, _ targets: Tensor) -> Tensor {
        logarithms.klDivLoss(targets, logTarget: logTarget, reduction: reduction)
    }
}
