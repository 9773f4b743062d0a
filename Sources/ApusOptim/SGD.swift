import Apus
import ApusNN

/// Stochastic gradient descent, with momentum if wanted (Polyak 1964; Nesterov 1983 as in Sutskever et al. 2013).
///
/// v ← momentum·v + g and p ← p − learningRate·v, as PyTorch has it; both parts of a complex parameter alike.
public final class SGD: Optimizer {
    /// What is updated, in the order of the state.
    public let parameters: [Parameter]
    /// What the velocity is multiplied with; it may change between steps.
    public var learningRate: Double
    /// How much of the velocity v stays at each step; 0 for plain gradient descent.
    public let momentum: Double
    /// Steps look ahead along the momentum: p ← p − learningRate·(g + momentum·v).
    public let nesterov: Bool
    /// Adds `weightDecay`·parameter to the gradient (L2 regularisation).
    public let weightDecay: Double

    private var velocities: [Tensor]

    /// - Parameter parameters: float32 or float64, or complex numbers of such parts.
    public init(
        _ parameters: [Parameter], learningRate: Double, momentum: Double = 0, nesterov: Bool = false,
        weightDecay: Double = 0
    ) {
        checkParameters(parameters, of: "SGD")
        if nesterov && momentum <= 0 { fail("SGD", "Nesterov's momentum needs a momentum above 0") }
        self.parameters = parameters
        self.learningRate = learningRate
        self.momentum = momentum
        self.nesterov = nesterov
        self.weightDecay = weightDecay
        velocities = parameters.map { .zeros(like: $0.value) }
    }

    /// Updates the parameters that have a gradient; the program stops where a shape or type has changed since the
    /// optimizer was made.
    public func step() {
        withoutGradient {
            for (index, parameter) in parameters.enumerated() {
                checkOwnsValue(parameter, index, of: "SGD")
                if let gradient = parameter.grad { update(parameter, gradient, index) }
            }
        }
    }

    private func update(_ parameter: Parameter, _ gradient: Tensor, _ index: Int) {
        checkStep(parameter, gradient, index, kept: velocities[index], of: "SGD")
        parameter.value.stepDown(
            gradient, velocity: &velocities[index], rate: learningRate, momentum: momentum,
            nesterov: nesterov, weightDecay: weightDecay)
    }

    /// `velocity.0`, `velocity.1`, … in the shapes of the parameters.
    public func stateDictionary() -> [String: Tensor] {
        Dictionary(uniqueKeysWithValues: velocities.enumerated().map { ("velocity.\($0)", $1) })
    }

    /// Takes the state of another SGD; nothing is changed unless everything fits.
    ///
    /// - Throws: `StateMismatch`, with every name that does not fit.
    public func load(_ state: [String: Tensor]) throws {
        let mismatch = StateMismatch(ofSlots: stateDictionary(), found: state)
        if !mismatch.isEmpty { throw mismatch }
        for index in parameters.indices {
            let device = parameters[index].value.device
            velocities[index] = state["velocity.\(index)"]!.to(velocities[index].dtype).to(device)
        }
    }
}
