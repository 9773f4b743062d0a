import Apus
import ApusNN

/// Adam (Kingma & Ba 2015): steps scaled by running means of the gradient and of its square, with
/// their bias corrected. Defaults are the paper's and PyTorch's. The parts of complex numbers are scaled each by
/// its own.
///
/// The correction counts the steps of each parameter: one that gets its first gradient late begins as one that gets it at
/// once.
public final class Adam: Optimizer {
    /// What is updated, in the order of the state.
    public let parameters: [Parameter]
    /// The step size, α in the paper; it may change between steps.
    public var learningRate: Double
    /// β₁ and β₂: how much of the means of the gradient and of its square stays at each step.
    public let betas: (Double, Double)
    /// ε, added to the root of the mean square that steps are divided by.
    public let epsilon: Double
    /// Adds `weightDecay`·parameter to the gradient (L2 regularisation).
    public let weightDecay: Double

    /// Steps taken by the parameter that has taken most.
    public var stepCount: Int { stepCounts.max() ?? 0 }
    private var stepCounts: [Int]
    private var means: [Tensor]
    private var squares: [Tensor]

    /// - Parameter parameters: float32 or float64, or complex numbers of such parts.
    public init(
        _ parameters: [Parameter], learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
        epsilon: Double = 1e-8, weightDecay: Double = 0
    ) {
        checkParameters(parameters, of: "Adam")
        self.parameters = parameters
        self.learningRate = learningRate
        self.betas = betas
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        stepCounts = parameters.map { _ in 0 }
        means = parameters.map { .zeros(like: $0.value) }
        squares = parameters.map { .zeros(like: $0.value) }
    }

    /// Updates the parameters that have a gradient; the program stops where a shape or type has changed since the
    /// optimizer was made.
    public func step() {
        withoutGradient {
            for (index, parameter) in parameters.enumerated() {
                checkOwnsValue(parameter, index, of: "Adam")
                if let gradient = parameter.grad { update(parameter, gradient, index) }
            }
        }
    }

    private func update(_ parameter: Parameter, _ gradient: Tensor, _ index: Int) {
        checkStep(parameter, gradient, index, kept: means[index], of: "Adam")
        stepCounts[index] += 1
        let rate = learningRate / (1 - power(betas.0, stepCounts[index]))
        let scale = 1 / (1 - power(betas.1, stepCounts[index])).squareRoot()
        parameter.value.stepAdam(
            gradient, mean: &means[index], square: &squares[index], rate: rate, scale: scale, betas: betas,
            epsilon: epsilon, weightDecay: weightDecay)
    }

    /// By squaring: the same on every machine.
    private func power(_ base: Double, _ exponent: Int) -> Double {
        var result = 1.0
        var factor = base
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 { result *= factor }
            factor *= factor
            rest >>= 1
        }
        return result
    }

    /// `step` has a number for each parameter; `mean.0`, `square.0`, … have the parameters' shapes.
    public func stateDictionary() -> [String: Tensor] {
        var state = ["step": Tensor(stepCounts, shape: [stepCounts.count])]
        for index in parameters.indices {
            state["mean.\(index)"] = means[index]
            state["square.\(index)"] = squares[index]
        }
        return state
    }

    /// Takes the state of another Adam. A `step` without axes counts for all parameters, as it did in older states.
    public func load(_ state: [String: Tensor]) throws {
        var state = state
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
            let device = parameters[index].value.device
            means[index] = state["mean.\(index)"]!.to(means[index].dtype).to(device)
            squares[index] = state["square.\(index)"]!.to(squares[index].dtype).to(device)
        }
    }

    private var mostSteps: Int { 1 << 53 }

    /// What cannot be a number of steps; nil where all can.
    private func wrongStepCount(_ step: Tensor) -> String? {
        if !step.dtype.isInteger { return "\(step.dtype) elements" }
        return step.array(of: Int.self).first { !(0...mostSteps).contains($0) }.map { "\($0)" }
    }
}
