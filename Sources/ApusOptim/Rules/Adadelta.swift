import Apus
import ApusKernelCalls
import ApusNN

/// Steps in units of the parameter's own earlier ones (Zeiler 2012, algorithm 1), as PyTorch has it.
///
/// g ← g + weightDecay·p, v ← ρv + (1 − ρ)g², Δ = √(u + ε)/√(v + ε)·g, u ← ρu + (1 − ρ)Δ², p ← p − learningRate·Δ.
public final class Adadelta: Optimizer {
    /// ρ, how much of the mean squares stays at each step.
    public let rho: Double
    /// ε, added under both roots.
    public let epsilon: Double

    /// - Parameters:
    ///   - parameters: parameters, or groups of them.
    ///   - rho: how much of the mean squares stays at each step.
    ///   - epsilon: added under both roots.
    ///   - weightDecay: L2 regularisation.
    ///   - maximize: climb instead.
    public init(
        _ parameters: [some Optimizable], learningRate: Double = 1, rho: Double = 0.9, epsilon: Double = 1e-6,
        weightDecay: Double = 0, maximize: Bool = false
    ) {
        checkNumber("Adadelta", "rho", rho, 0...1)
        checkNumber("Adadelta", "epsilon", epsilon, 0...(.infinity))
        self.rho = rho
        self.epsilon = epsilon
        super.init(
            "Adadelta", parameters, Kernels.adadelta, learningRate: learningRate, weightDecay: weightDecay,
            maximize: maximize, slots: ["square", "stepSquare"])
    }

    override func coefficients(_ index: Int, step: Int, _ group: Group) -> [Double] {
        [sign, group.weightDecay, rho, group.learningRate, epsilon]
    }
}
