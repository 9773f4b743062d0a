import Apus
import ApusKernelCalls
import ApusNN

/// Rectified Adam (Liu et al. 2020, algorithm 2): ``Adam`` whose first steps, while the mean square is of few gradients,
/// are not divided by it, and whose later ones are the shorter the less is known of it. It needs no warm-up.
///
/// With ρ∞ = 2/(1 − β₂) − 1 and ρ = ρ∞ − 2t·β₂ᵗ/(1 − β₂ᵗ): where ρ > 5,
/// p ← p − learningRate·r·m/(1 − β₁ᵗ)·√(1 − β₂ᵗ)/(√v + ε) with
/// r = √((ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ)), elsewhere p ← p − learningRate·m/(1 − β₁ᵗ). As PyTorch has it.
public final class RAdam: Optimizer {
    /// ε, added to the root of the mean square that steps are divided by.
    public let epsilon: Double
    /// Decays weights by themselves, as ``AdamW``, and not through the gradient.
    public let decoupled: Bool

    /// - Parameters:
    ///   - parameters: parameters, or groups of them.
    ///   - betas: how much of the means of the gradient and of its square stays at each step.
    ///   - epsilon: added to the divisor.
    ///   - weightDecay: how strongly values are drawn to 0.
    ///   - decoupled: decay weights by themselves, as ``AdamW``.
    ///   - maximize: climb instead.
    public init(
        _ parameters: [some Optimizable], learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
        epsilon: Double = 1e-8, weightDecay: Double = 0, decoupled: Bool = false, maximize: Bool = false
    ) {
        checkNumber("RAdam", "epsilon", epsilon, 0...(.infinity))
        self.epsilon = epsilon
        self.decoupled = decoupled
        super.init(
            "RAdam", parameters, Kernels.radam, learningRate: learningRate, weightDecay: weightDecay,
            betas: betas,
            maximize: maximize, slots: ["mean", "square"])
    }

    override func coefficients(_ index: Int, step: Int, _ group: Group) -> [Double] {
        let (beta1, beta2) = group.betas!
        let (power2, rest2) = (power(beta2, step), 1 - power(beta2, step))
        let most = 2 / (1 - beta2) - 1
        let length = most - 2 * Double(step) * power2 / rest2
        let isAdaptive = length > 5
        let rectification =
            isAdaptive
            ? ((length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length)).squareRoot()
                * rest2.squareRoot()
            : 1
        return [
            sign, decoupled ? 0 : group.weightDecay,
            decoupled ? 1 - group.learningRate * group.weightDecay : 1,
            beta1, beta2, group.learningRate * rectification / (1 - power(beta1, step)), 1, epsilon,
            isAdaptive ? 1 : 0,
        ]
    }
}
