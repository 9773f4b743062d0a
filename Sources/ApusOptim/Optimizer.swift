import Apus
import ApusKernelCalls
import ApusNN

/// Changes parameters by their gradients: the base of all optimizers.
///
/// It keeps the groups of parameters with their settings, what a formula remembers of each parameter (its slots, by name)
/// and how many steps each parameter has taken; it checks parameters and gradients at each step, and its state when it is
/// loaded.
///
/// A formula of one's own is a subclass that overrides ``update(_:gradient:slots:step:group:)``:
///
/// ```swift
/// final class SignDescent: Optimizer {
///     init(_ parameters: [some Optimizable], learningRate: Double) {
///         super.init("SignDescent", parameters, learningRate: learningRate)
///     }
///
///     override func update(
///         _ value: inout Tensor, gradient: Tensor, slots: inout [Tensor], step: Int, group: Group
///     ) { value -= gradient.sign() * group.learningRate }
/// }
/// ```
///
/// Gradients of several backward passes add up until ``zeroGradients()``, so that one step after k of them is a step of
/// the sum of their losses: divide each loss by k for the mean.
open class Optimizer {
    /// The parameters in groups, each with its settings.
    public final let groups: [Group]
    /// What is updated: the parameters of all groups in order, which is that of the state.
    public final let parameters: [Parameter]
    /// Whether the parameters climb along the gradient instead.
    public final let maximize: Bool

    /// What messages call it.
    private let name: String
    private let kernel: OptimizerKernel?
    private let forms: [ParameterForm]
    private var stepCounts: [Int]
    /// What is kept for each parameter, and what it is called in the state.
    final var slots: [[Tensor]]
    private let slotNames: [[String]]
    /// The parameters that others step, and keep the slots of.
    private var foreign: Set<Int> = []

    /// An optimizer of one's own formula.
    ///
    /// - Parameters:
    ///   - name: what messages call it.
    ///   - parameters: an array of parameters or of groups: float32 or float64, or complex numbers of such parts.
    ///   - learningRate: the step size of groups that have none of their own.
    ///   - weightDecay: of groups that have none of their own.
    ///   - momentum: of groups that have none of their own; nil for a formula without.
    ///   - betas: of groups that have none of their own; nil for a formula without.
    ///   - maximize: hand on the negative gradients.
    ///   - slots: what is kept for a parameter, with the names for the state; nothing by default.
    public init<Member: Optimizable>(
        _ name: String, _ parameters: [Member], learningRate: Double, weightDecay: Double = 0,
        momentum: Double? = nil, betas: (Double, Double)? = nil, maximize: Bool = false,
        slots: (Parameter) -> KeyValuePairs<String, Tensor> = { _ in [:] }
    ) {
        self.name = name
        self.maximize = maximize
        kernel = nil
        groups = Self.groups(name, parameters, learningRate, weightDecay, momentum, betas)
        self.parameters = groups.flatMap(\.parameters)
        checkParameters(self.parameters, of: name)
        forms = self.parameters.map(ParameterForm.init)
        stepCounts = self.parameters.map { _ in 0 }
        let kept = self.parameters.map(slots)
        self.slots = kept.map { $0.map { $0.value.detach() } }
        slotNames = kept.map { $0.map(\.key) }
    }

    /// An optimizer whose formula is a kernel.
    ///
    /// - Parameters:
    ///   - slots: the names of what is kept, each in the shape of the parameter and 0 at first.
    ///   - numbers: the names of numbers that are kept for each parameter, and what they are at first.
    init<Member: Optimizable>(
        _ name: String, _ parameters: [Member], _ kernel: OptimizerKernel, learningRate: Double,
        weightDecay: Double, momentum: Double? = nil, betas: (Double, Double)? = nil, maximize: Bool,
        slots: [String], numbers: KeyValuePairs<String, Double> = [:]
    ) {
        self.name = name
        self.maximize = maximize
        self.kernel = kernel
        groups = Self.groups(name, parameters, learningRate, weightDecay, momentum, betas)
        self.parameters = groups.flatMap(\.parameters)
        checkParameters(self.parameters, of: name)
        forms = self.parameters.map(ParameterForm.init)
        stepCounts = self.parameters.map { _ in 0 }
        self.slots = self.parameters.map { parameter in
            slots.map { _ in .zeros(like: parameter.value) }
                + numbers.map { Tensor($0.value, dtype: .float64) }
        }
        slotNames = self.parameters.map { _ in slots + numbers.map(\.key) }
    }

    private static func groups<Member: Optimizable>(
        _ name: String, _ parameters: [Member], _ learningRate: Double, _ weightDecay: Double,
        _ momentum: Double?,
        _ betas: (Double, Double)?
    ) -> [Group] {
        let groups = Member.groups(of: parameters).map {
            Group(
                $0, of: name, learningRate: learningRate, weightDecay: weightDecay, momentum: momentum,
                betas: betas)
        }
        if groups.isEmpty { fail(name, "there are no groups of parameters") }
        return groups
    }

    /// The step size: that of the first group. What is set holds for all groups.
    public final var learningRate: Double {
        get { groups[0].learningRate }
        set { for group in groups { group.learningRate = newValue } }
    }

    /// Steps taken by the parameter that has taken most.
    public final var stepCount: Int { stepCounts.max() ?? 0 }

    /// Forgets the collected gradients, before the next backward pass.
    public final func zeroGradients() {
        for parameter in parameters { parameter.grad = nil }
    }

    /// Updates the parameters that have a gradient.
    ///
    /// The program stops, before anything is changed, where a shape, type or device is another than when the optimizer was
    /// made.
    public final func step() { step { _ in true } }

    /// Counts the step for all parameters that have a gradient, and updates those of these indices: others update the rest.
    package final func step(of isOwn: (Int) -> Bool) {
        withoutGradient {
            let ready = gradients()
            let own = ready.filter { isOwn($0.index) }
            if own.contains(where: { foreign.contains($0.index) }) {
                fail(name, "it is a ShardedOptimizer's, which is to be stepped in its place")
            }
            for (index, _, _) in ready { stepCounts[index] += 1 }
            if let kernel { run(kernel, own) } else { update(own) }
        }
    }

    /// Lets go of the memory for what is kept of the parameters of these indices: the state has zeros in their places.
    package final func releaseSlots(of isForeign: (Int) -> Bool) {
        foreign = Set(parameters.indices.filter(isForeign))
        for index in foreign {
            slots[index] = slots[index].map {
                .zeros([], dtype: $0.dtype).to($0.device).broadcast(to: $0.shape)
            }
        }
    }

    typealias Ready = [(index: Int, gradient: Tensor, group: Group)]

    /// The parameters that have gradients, checked.
    private func gradients() -> Ready {
        var ready: Ready = []
        var index = 0
        for group in groups {
            for parameter in group.parameters {
                checkOwnsValue(parameter, index, of: name)
                if let gradient = parameter.grad {
                    checkStep(parameter, gradient, index, made: forms[index], of: name)
                    ready.append((index, gradient, group))
                }
                index += 1
            }
        }
        return ready
    }

    private func update(_ ready: Ready) {
        for (index, gradient, group) in ready {
            update(
                &parameters[index].value, gradient: maximize ? -gradient : gradient.detach(),
                slots: &slots[index],
                step: stepCounts[index], group: group)
            if parameters[index].shape != forms[index].shape
                || parameters[index].value.dtype != forms[index].dtype
            {
                fail(name, "its update has changed the shape or type of parameter \(index)")
            }
        }
    }

    /// Steps all of them by a formula in one pass over memory.
    func run(_ kernel: OptimizerKernel, _ ready: Ready) {
        sums(kernel, ready) { [self] in coefficients($0, step: $1, $2) }
    }

    /// The same with other coefficients, which are asked for by parameter, step and group.
    ///
    /// - Returns: what the formula adds up over each of the parameters.
    @discardableResult
    final func sums(
        _ kernel: OptimizerKernel, _ ready: Ready, coefficients: (Int, Int, Group) -> [Double]
    ) -> [SIMD2<Double>] {
        var step = TensorStep()
        for (index, gradient, group) in ready {
            let numbers = coefficients(index, stepCounts[index], group)
            step.add(
                &parameters[index].value, gradient: gradient, slots: &slots[index], kernel,
                coefficients: numbers)
        }
        return step.run(kernel)
    }

    /// The number kept for a parameter under the name of this position.
    final func number(_ position: Int, of index: Int) -> Double {
        slots[index][kernel!.slotCount + position].item(as: Double.self)
    }

    final func setNumber(_ position: Int, of index: Int, to value: Double) {
        slots[index][kernel!.slotCount + position] = Tensor(value, dtype: .float64)
    }

    /// The numbers of the kernel's formula, in its order.
    ///
    /// - Parameters:
    ///   - index: of the parameter.
    ///   - step: of the parameter, from 1.
    func coefficients(_ index: Int, step: Int, _ group: Group) -> [Double] {
        fail(name, "it says no coefficients for its kernel")
    }

    /// Changes a parameter by its gradient, without a gradient being recorded.
    ///
    /// - Parameters:
    ///   - value: the parameter's; change it in place, keeping its shape and type.
    ///   - gradient: of its shape and type.
    ///   - slots: what is kept for it, in the order of the initializer.
    ///   - step: how often the parameter has been stepped, this time included.
    ///   - group: the settings.
    open func update(
        _ value: inout Tensor, gradient: Tensor, slots: inout [Tensor], step: Int, group: Group
    ) { fail(name, "it does not override update(_:gradient:slots:step:group:)") }

    /// 1 or −1, by which gradients are multiplied.
    final var sign: Double { maximize ? -1 : 1 }

    // MARK: - State

    /// Everything a checkpoint needs to go on, by names that fit any model of the same shape: `step` has a number for each
    /// parameter, and the slots are called `mean.0`, `mean.1`, …
    ///
    /// Settings are not in it: they are those the next optimizer is made with, and a schedule's.
    public final func stateDictionary() -> [String: Tensor] {
        var state = ["step": Tensor(stepCounts, shape: [stepCounts.count])]
        for index in parameters.indices {
            for (name, slot) in zip(slotNames[index], slots[index]) { state["\(name).\(index)"] = slot }
        }
        return state
    }

    /// Goes on from the state of another optimizer of the same kind. A `step` without axes counts for all parameters, as it
    /// did in older states.
    ///
    /// - Throws: `StateMismatch` with every name that does not fit; nothing is changed then.
    public final func load(_ state: [String: Tensor]) throws {
        var state = current(state)
        if let step = state["step"], step.shape.isEmpty {
            state["step"] = step.broadcast(to: [stepCounts.count])
        }
        var mismatch = StateMismatch(ofSlots: stateDictionary(), found: state)
        if mismatch.isEmpty, let wrong = wrongStepCount(state["step"]!) {
            mismatch.invalid.append("step has \(wrong), not whole numbers from 0 to \(mostSteps)")
        }
        if !mismatch.isEmpty { throw mismatch }
        stepCounts = state["step"]!.array(of: Int.self)
        for index in parameters.indices {
            for (slot, name) in slotNames[index].enumerated() {
                let kept = slots[index][slot]
                slots[index][slot] = state["\(name).\(index)"]!.detach().to(kept.dtype).to(kept.device)
            }
        }
        releaseSlots(of: foreign.contains)
    }

    /// A state that an earlier version wrote, as this one would have.
    func current(_ state: [String: Tensor]) -> [String: Tensor] { state }
}
