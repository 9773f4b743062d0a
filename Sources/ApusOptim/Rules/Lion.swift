import Apus
import ApusKernelCalls
import ApusNN

/// Steps of one size, in the direction of the sign of a running mean (Chen et al. 2023, "Symbolic discovery of
/// optimization algorithms", algorithm 2), with decoupled weight decay.
///
/// p ← (1 − learningRate·weightDecay)·p − learningRate·sign(β₁m + (1 − β₁)g), m ← β₂m + (1 − β₂)g. The paper takes a
/// learning rate three to ten times smaller than AdamW's, and a decay as much larger.
public final class Lion: Optimizer {
    /// - Parameters:
    ///   - parameters: parameters, or groups of them.
    ///   - betas: how much of the mean is in the direction, and how much of it stays at each step.
    ///   - weightDecay: the share of a value that is lost at each step, for a learning rate of 1.
    ///   - maximize: climb instead.
    public init(
        _ parameters: [some Optimizable], learningRate: Double = 1e-4, betas: (Double, Double) = (0.9, 0.99),
        weightDecay: Double = 0, maximize: Bool = false
    ) {
        super.init(
            "Lion", parameters, Kernels.lion, learningRate: learningRate, weightDecay: weightDecay,
            betas: betas,
            maximize: maximize, slots: ["mean"])
    }

    override func coefficients(_ index: Int, step: Int, _ group: Group) -> [Double] {
        let (beta1, beta2) = group.betas!
        return [sign, 1 - group.learningRate * group.weightDecay, beta1, beta2, group.learningRate]
    }
}
