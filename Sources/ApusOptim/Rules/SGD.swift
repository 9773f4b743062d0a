import Apus
import ApusKernelCalls
import ApusNN

/// Stochastic gradient descent, with momentum if wanted (Polyak 1964; Nesterov 1983 as in Sutskever et al. 2013).
///
/// g ← g + weightDecay·p, v ← momentum·v + (1 − dampening)·g and p ← p − learningRate·v, as PyTorch has it; both parts of
/// a complex parameter alike.
public final class SGD: Optimizer {
    /// How much of the gradient the velocity does not take, but at the first step.
    public let dampening: Double
    /// Steps look ahead along the momentum: p ← p − learningRate·(g + momentum·v).
    public let nesterov: Bool

    /// - Parameters:
    ///   - parameters: parameters, or groups of them.
    ///   - momentum: how much of the velocity v stays at each step. Where it is 0 for all groups no velocity is kept, and
    ///     none can be set later.
    ///   - dampening: how much of the gradient the velocity does not take.
    ///   - nesterov: look ahead; needs a momentum, and no dampening.
    ///   - weightDecay: L2 regularisation.
    ///   - maximize: climb instead.
    public init<Member: Optimizable>(
        _ parameters: [Member], learningRate: Double, momentum: Double = 0, dampening: Double = 0,
        nesterov: Bool = false, weightDecay: Double = 0, maximize: Bool = false
    ) {
        self.dampening = dampening
        self.nesterov = nesterov
        let groups = Member.groups(of: parameters)
        let isPlain = momentum == 0 && groups.hasNoMomentum
        if nesterov && (isPlain || dampening != 0) {
            fail("SGD", "Nesterov's momentum needs a momentum above 0, and a dampening of 0")
        }
        checkNumber("SGD", "dampening", dampening, 0...1)
        super.init(
            "SGD", isPlain ? groups.withoutMomentum : groups, isPlain ? Kernels.plainSGD : Kernels.sgd,
            learningRate: learningRate, weightDecay: weightDecay,
            momentum: isPlain ? nil : momentum, maximize: maximize, slots: isPlain ? [] : ["velocity"])
    }

    override func coefficients(_ index: Int, step: Int, _ group: Group) -> [Double] {
        guard let momentum = group.momentum else { return [sign, group.weightDecay, group.learningRate] }
        return [
            sign, group.weightDecay, group.learningRate, momentum, step == 1 ? 1 : 1 - dampening,
            nesterov ? 1 : 0,
            nesterov ? momentum : 1,
        ]
    }

    /// It had no `step`, and velocities without momentum too.
    override func current(_ state: [String: Tensor]) -> [String: Tensor] {
        var state = state
        if state["step"] == nil, !state.isEmpty { state["step"] = Tensor(1) }
        if slots.allSatisfy(\.isEmpty) {
            for index in parameters.indices { state["velocity.\(index)"] = nil }
        }
        return state
    }
}
