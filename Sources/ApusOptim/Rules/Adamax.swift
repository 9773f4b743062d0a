import Apus
import ApusKernelCalls
import ApusNN

/// Adam with the largest magnitude in the place of the mean square (Kingma & Ba 2015, algorithm 2), as PyTorch has it.
///
/// g ← g + weightDecay·p, m ← β₁m + (1 − β₁)g, u ← max(β₂u, |g| + ε), p ← p − learningRate/(1 − β₁ᵗ)·m/u.
public final class Adamax: Optimizer {
    /// ε, added to the magnitude that steps are divided by.
    public let epsilon: Double

    /// - Parameters:
    ///   - parameters: parameters, or groups of them.
    ///   - betas: how much of the mean of the gradient and of its largest magnitude stays at each step.
    ///   - epsilon: added to the divisor.
    ///   - weightDecay: L2 regularisation.
    ///   - maximize: climb instead.
    public init(
        _ parameters: [some Optimizable], learningRate: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999),
        epsilon: Double = 1e-8, weightDecay: Double = 0, maximize: Bool = false
    ) {
        checkNumber("Adamax", "epsilon", epsilon, 0...(.infinity))
        self.epsilon = epsilon
        super.init(
            "Adamax", parameters, Kernels.adamax, learningRate: learningRate, weightDecay: weightDecay,
            betas: betas, maximize: maximize, slots: ["mean", "magnitude"])
    }

    override func coefficients(_ index: Int, step: Int, _ group: Group) -> [Double] {
        let (beta1, beta2) = group.betas!
        return [
            sign, group.weightDecay, beta1, beta2, group.learningRate / (1 - power(beta1, step)), epsilon,
        ]
    }
}
