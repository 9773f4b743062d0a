import Apus
import ApusKernelCalls
import ApusNN

/// Adam (Kingma & Ba 2015): steps scaled by running means of the gradient and of its square, with
/// their bias corrected. Defaults are the paper's and PyTorch's. The parts of complex numbers are scaled each by
/// its own.
///
/// g ← g + weightDecay·p, m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g²,
/// p ← p − learningRate·m/(1 − β₁ᵗ) / (√(v/(1 − β₂ᵗ)) + ε), with the t of each parameter: one that gets its first gradient
/// late begins as one that gets it at once. ``AdamW`` decays weights without the scaling.
public final class Adam: Optimizer {
    /// ε, added to the root of the mean square that steps are divided by.
    public let epsilon: Double
    /// Divides by the root of the largest mean square so far (AMSGrad, Reddi et al. 2018), which keeps steps from growing
    /// again.
    public let amsgrad: Bool

    /// - Parameters:
    ///   - parameters: parameters, or groups of them.
    ///   - betas: how much of the means of the gradient and of its square stays at each step.
    ///   - epsilon: added to the divisor.
    ///   - weightDecay: L2 regularisation: it is scaled as the gradient is.
    ///   - amsgrad: divide by the largest mean square so far.
    ///   - maximize: climb instead.
    public init(
        _ parameters: [some Optimizable], learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
        epsilon: Double = 1e-8, weightDecay: Double = 0, amsgrad: Bool = false, maximize: Bool = false
    ) {
        checkNumber("Adam", "epsilon", epsilon, 0...(.infinity))
        self.epsilon = epsilon
        self.amsgrad = amsgrad
        super.init(
            "Adam", parameters, amsgrad ? Kernels.amsgrad : Kernels.adam, learningRate: learningRate,
            weightDecay: weightDecay, betas: betas, maximize: maximize,
            slots: ["mean", "square"] + (amsgrad ? ["largestSquare"] : []))
    }

    override func coefficients(_ index: Int, step: Int, _ group: Group) -> [Double] {
        let (beta1, beta2) = group.betas!
        return [
            sign, group.weightDecay, 1, beta1, beta2, group.learningRate / (1 - power(beta1, step)),
            1 / (1 - power(beta2, step)).squareRoot(), epsilon,
        ]
    }
}
