import Apus
import ApusKernelCalls
import ApusNN

/// Adam with decoupled weight decay (Loshchilov & Hutter 2019): p ← (1 − learningRate·weightDecay)·p before ``Adam``'s
/// step, so that weights with large gradients decay as others do. Defaults are PyTorch's.
public final class AdamW: Optimizer {
    /// ε, added to the root of the mean square that steps are divided by.
    public let epsilon: Double
    /// Divides by the root of the largest mean square so far (AMSGrad, Reddi et al. 2018).
    public let amsgrad: Bool

    /// - Parameters:
    ///   - parameters: parameters, or groups of them.
    ///   - betas: how much of the means of the gradient and of its square stays at each step.
    ///   - epsilon: added to the divisor.
    ///   - weightDecay: the share of a value that is lost at each step, for a learning rate of 1.
    ///   - amsgrad: divide by the largest mean square so far.
    ///   - maximize: climb instead.
    public init(
        _ parameters: [some Optimizable], learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
        epsilon: Double = 1e-8, weightDecay: Double = 0.01, amsgrad: Bool = false, maximize: Bool = false
    ) {
        checkNumber("AdamW", "epsilon", epsilon, 0...(.infinity))
        self.epsilon = epsilon
        self.amsgrad = amsgrad
        super.init(
            "AdamW", parameters, amsgrad ? Kernels.amsgrad : Kernels.adam, learningRate: learningRate,
            weightDecay: weightDecay, betas: betas, maximize: maximize,
            slots: ["mean", "square"] + (amsgrad ? ["largestSquare"] : []))
    }

    override func coefficients(_ index: Int, step: Int, _ group: Group) -> [Double] {
        let (beta1, beta2) = group.betas!
        return [
            sign, 0, 1 - group.learningRate * group.weightDecay, beta1, beta2,
            group.learningRate / (1 - power(beta1, step)), 1 / (1 - power(beta2, step)).squareRoot(), epsilon,
        ]
    }
}
