import Apus
import ApusKernelCalls
import ApusNN

/// Adam's steps, as long for each parameter as its values are large (You et al. 2020, "Large batch optimization for deep
/// learning", algorithm 2), for large batches.
///
/// With ``Adam``'s moments m and v of the gradient and t of the parameter, r = m/(1 − β₁ᵗ)/(√(v/(1 − β₂ᵗ)) + ε) + weightDecay·p and
/// p ← p − learningRate·‖p‖/‖r‖·r; the ratio is 1 where one of the norms is 0.
public final class LAMB: Optimizer {
    /// ε, added to the root of the mean square that steps are divided by.
    public let epsilon: Double

    /// - Parameters:
    ///   - parameters: parameters, or groups of them.
    ///   - betas: how much of the means of the gradient and of its square stays at each step.
    ///   - epsilon: added to the divisor.
    ///   - weightDecay: how much of the value is in the step.
    ///   - maximize: climb instead.
    public init(
        _ parameters: [some Optimizable], learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
        epsilon: Double = 1e-6, weightDecay: Double = 0.01, maximize: Bool = false
    ) {
        checkNumber("LAMB", "epsilon", epsilon, 0...(.infinity))
        self.epsilon = epsilon
        super.init(
            "LAMB", parameters, Kernels.lambMoments, learningRate: learningRate, weightDecay: weightDecay,
            betas: betas, maximize: maximize, slots: ["mean", "square"])
    }

    override func run(_ kernel: OptimizerKernel, _ ready: Ready) {
        let sums = sums(kernel, ready) { [self] in coefficients($0, step: $1, $2) }
        let norms = Dictionary(uniqueKeysWithValues: zip(ready.map(\.index), sums))
        _ = self.sums(Kernels.lambApply, ready) { [self] index, step, group in
            let (value, length) = (norms[index]!.x.squareRoot(), norms[index]!.y.squareRoot())
            let ratio = value > 0 && length > 0 ? value / length : 1
            return coefficients(index, step: step, group) + [group.learningRate * ratio]
        }
    }

    override func coefficients(_ index: Int, step: Int, _ group: Group) -> [Double] {
        let (beta1, beta2) = group.betas!
        return [
            sign, group.weightDecay, beta1, beta2, 1 / (1 - power(beta1, step)),
            1 / (1 - power(beta2, step)).squareRoot(), epsilon,
        ]
    }
}
