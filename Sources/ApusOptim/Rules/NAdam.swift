import Apus
import ApusKernelCalls
import ApusNN

/// Adam with Nesterov's momentum (Dozat 2016), as PyTorch has it.
///
/// Moments m and v are ``Adam``'s. With μₜ = β₁(1 − ½·0.96^(t·momentumDecay)),
/// p ← p − learningRate·((1 − μₜ)·g/(1 − Πμ₁…μₜ) + μₜ₊₁·m/(1 − Πμ₁…μₜ₊₁)) / (√(v/(1 − β₂ᵗ)) + ε).
public final class NAdam: Optimizer {
    /// ε, added to the root of the mean square that steps are divided by.
    public let epsilon: Double
    /// ψ, how fast the momentum comes up.
    public let momentumDecay: Double
    /// Decays weights by themselves, as ``AdamW``, and not through the gradient.
    public let decoupled: Bool

    /// - Parameters:
    ///   - parameters: parameters, or groups of them.
    ///   - betas: how much of the means of the gradient and of its square stays at each step.
    ///   - epsilon: added to the divisor.
    ///   - weightDecay: how strongly values are drawn to 0.
    ///   - momentumDecay: how fast the momentum comes up.
    ///   - decoupled: decay weights by themselves, as ``AdamW``.
    ///   - maximize: climb instead.
    public init(
        _ parameters: [some Optimizable], learningRate: Double = 2e-3, betas: (Double, Double) = (0.9, 0.999),
        epsilon: Double = 1e-8, weightDecay: Double = 0, momentumDecay: Double = 4e-3,
        decoupled: Bool = false,
        maximize: Bool = false
    ) {
        checkNumber("NAdam", "epsilon", epsilon, 0...(.infinity))
        checkNumber("NAdam", "momentumDecay", momentumDecay, 0...(.infinity))
        self.epsilon = epsilon
        self.momentumDecay = momentumDecay
        self.decoupled = decoupled
        super.init(
            "NAdam", parameters, Kernels.nadam, learningRate: learningRate, weightDecay: weightDecay,
            betas: betas,
            maximize: maximize, slots: ["mean", "square"], numbers: ["momentumProduct": 1])
    }

    override func coefficients(_ index: Int, step: Int, _ group: Group) -> [Double] {
        let (beta1, beta2) = group.betas!
        let rate = group.learningRate
        func momentum(_ step: Int) -> Double {
            beta1 * (1 - 0.5 * Double.pow(0.96, Double(step) * momentumDecay))
        }
        let (now, next) = (momentum(step), momentum(step + 1))
        // Rounded to float32, as PyTorch keeps it.
        let product = Double(Float(number(0, of: index)) * Float(now))
        setNumber(0, of: index, to: product)
        return [
            sign, decoupled ? 0 : group.weightDecay, decoupled ? 1 - rate * group.weightDecay : 1, beta1,
            beta2,
            rate * (1 - now) / (1 - product), rate * next / (1 - product * next),
            1 / (1 - power(beta2, step)).squareRoot(), epsilon,
        ]
    }
}
