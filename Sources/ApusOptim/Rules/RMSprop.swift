import Apus
import ApusKernelCalls
import ApusNN

/// Steps divided by the root of a running mean of the squared gradient (Tieleman & Hinton 2012, lecture 6.5), as PyTorch
/// has it.
///
/// g ← g + weightDecay·p, v ← αv + (1 − α)g², p ← p − learningRate·g/(√v + ε). With momentum, b ← momentum·b + g/(√v + ε)
/// and p ← p − learningRate·b. Centred (Graves 2013), the mean's square is taken from v first: its variance divides.
public final class RMSprop: Optimizer {
    /// α, how much of the mean square stays at each step.
    public let alpha: Double
    /// ε, added to the root that steps are divided by.
    public let epsilon: Double
    /// Divides by the root of the variance of the gradient, not of its mean square.
    public let centered: Bool

    /// - Parameters:
    ///   - parameters: parameters, or groups of them.
    ///   - alpha: how much of the mean square stays at each step.
    ///   - epsilon: added to the divisor.
    ///   - weightDecay: L2 regularisation.
    ///   - momentum: how much of the velocity stays at each step. Where it is 0 for all groups none is kept, and none can
    ///     be set later.
    ///   - centered: divide by the root of the variance.
    ///   - maximize: climb instead.
    public init<Member: Optimizable>(
        _ parameters: [Member], learningRate: Double = 1e-2, alpha: Double = 0.99, epsilon: Double = 1e-8,
        weightDecay: Double = 0, momentum: Double = 0, centered: Bool = false, maximize: Bool = false
    ) {
        checkNumber("RMSprop", "alpha", alpha, 0...1)
        checkNumber("RMSprop", "epsilon", epsilon, 0...(.infinity))
        self.alpha = alpha
        self.epsilon = epsilon
        self.centered = centered
        let groups = Member.groups(of: parameters)
        let isPlain = momentum == 0 && groups.hasNoMomentum
        let kernel =
            switch (centered, isPlain) {
            case (false, true): Kernels.rmsprop
            case (false, false): Kernels.rmspropMomentum
            case (true, true): Kernels.rmspropCentered
            case (true, false): Kernels.rmspropCenteredMomentum
            }
        super.init(
            "RMSprop", isPlain ? groups.withoutMomentum : groups, kernel, learningRate: learningRate,
            weightDecay: weightDecay, momentum: isPlain ? nil : momentum, maximize: maximize,
            slots: ["square"] + (centered ? ["mean"] : []) + (isPlain ? [] : ["velocity"]))
    }

    override func coefficients(_ index: Int, step: Int, _ group: Group) -> [Double] {
        [sign, group.weightDecay, alpha, group.learningRate, epsilon, group.momentum ?? 0]
    }
}
