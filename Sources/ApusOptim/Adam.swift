import Apus
import ApusKernels
import ApusNN

/// Adam (Kingma & Ba 2015): steps scaled by running means of the gradient and of its square, with
/// their bias corrected. Defaults are the paper's and PyTorch's. The parts of complex numbers are scaled each by
/// its own.
public final class Adam: Optimizer {
    public let parameters: [Parameter]
    public var learningRate: Double
    public let betas: (Double, Double)
    public let epsilon: Double
    /// Adds `weightDecay`·parameter to the gradient (L2 regularisation).
    public let weightDecay: Double

    /// Steps taken.
    public private(set) var stepCount = 0
    private var means: [Tensor]
    private var squares: [Tensor]

    /// - Parameter parameters: float32 or float64, or complex numbers of such parts.
    public init(
        _ parameters: [Parameter], learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999),
        epsilon: Double = 1e-8, weightDecay: Double = 0
    ) {
        checkTypes(parameters, of: "Adam")
        self.parameters = parameters
        self.learningRate = learningRate
        self.betas = betas
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        means = parameters.map { .zeros(like: $0.value) }
        squares = parameters.map { .zeros(like: $0.value) }
    }

    public func step() {
        stepCount += 1
        let rate = learningRate / (1 - power(betas.0, stepCount))
        let scale = 1 / (1 - power(betas.1, stepCount)).squareRoot()
        withoutGradient {
            for (index, parameter) in parameters.enumerated() {
                if let gradient = parameter.grad { update(parameter, gradient, index, rate, scale) }
            }
        }
    }

    private func update(
        _ parameter: Parameter, _ gradient: Tensor, _ index: Int, _ rate: Double, _ scale: Double
    ) {
        let isSingle = parameter.value.dtype.realType == .float32
        let count = gradient.realCount
        parameter.value.withUnsafeMutableBytes { p in
            gradient.withUnsafeBytes { g in
                means[index].withUnsafeMutableBytes { m in
                    squares[index].withUnsafeMutableBytes { v in
                        if isSingle {
                            OptimizerKernels.adam(
                                p.start(Float.self), g.start(Float.self), m.start(Float.self),
                                v.start(Float.self),
                                count: count, rate: Float(rate), scale: Float(scale),
                                beta1: Float(betas.0),
                                beta2: Float(betas.1), epsilon: Float(epsilon),
                                weightDecay: Float(weightDecay))
                        } else {
                            OptimizerKernels.adam(
                                p.start(Double.self), g.start(Double.self), m.start(Double.self),
                                v.start(Double.self), count: count, rate: rate, scale: scale,
                                beta1: betas.0, beta2: betas.1, epsilon: epsilon, weightDecay: weightDecay)
                        }
                    }
                }
            }
        }
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

    public func stateDictionary() -> [String: Tensor] {
        var state = ["step": Tensor(stepCount)]
        for index in parameters.indices {
            state["mean.\(index)"] = means[index]
            state["square.\(index)"] = squares[index]
        }
        return state
    }

    public func load(_ state: [String: Tensor]) throws {
        let expected = stateDictionary().map { ($0.key, $0.value.shape) }.sorted { $0.0 < $1.0 }
        let mismatch = StateMismatch(expected: expected, found: state)
        if !mismatch.isEmpty { throw mismatch }
        stepCount = state["step"]!.item(as: Int.self)
        for (index, parameter) in parameters.enumerated() {
            means[index] = state["mean.\(index)"]!.to(parameter.value.dtype)
            squares[index] = state["square.\(index)"]!.to(parameter.value.dtype)
        }
    }
}
