import Apus
import ApusNN

/// Momentum made orthogonal, for the matrices of hidden layers (Jordan et al. 2024, "Muon: an optimizer for hidden layers
/// in neural networks"), as PyTorch has it, but that products are of the parameter's type unless another is asked for;
/// PyTorch's are of bfloat16, as the author's.
///
/// b ← momentum·b + (1 − momentum)·g and u = b, or with Nesterov's momentum (1 − momentum)·g + momentum·b.
/// X = u/‖u‖ is brought near the orthogonal factor of u by Newton and Schulz's iteration X ← aX + (bA + cA²)X with A = XXᵀ.
/// Then p ← (1 − learningRate·weightDecay)·p − learningRate·scale·X.
///
/// Parameters that are not of two axes (biases, and what else is none of a hidden layer's) go to another optimizer.
public final class Muon: Optimizer {
    /// What steps are multiplied with, for a matrix of shape [rows, columns].
    public enum Scaling: String, Sendable, CaseIterable {
        /// √max(1, rows/columns), the author's.
        case original
        /// 0.2·√max(rows, columns), which gives steps the size of AdamW's (Liu et al. 2025, "Muon is scalable for LLM
        /// training").
        case matchingAdamW
        /// √(rows/columns), which bounds what a step does to a layer's results (Bernstein 2025, "Deriving Muon").
        case spectral
    }

    /// Steps look ahead along the momentum.
    public let nesterov: Bool
    /// a, b and c of the iteration.
    public let iteration: (Double, Double, Double)
    /// How often it is iterated.
    public let iterations: Int
    /// The type in which it is iterated; nil for the parameter's.
    public let iterationType: DType?
    /// The least norm that is divided by.
    public let epsilon: Double
    /// What steps are multiplied with.
    public let scaling: Scaling

    /// - Parameters:
    ///   - parameters: matrices, or groups of them.
    ///   - weightDecay: the share of a value that is lost at each step, for a learning rate of 1.
    ///   - momentum: how much of the mean gradient stays at each step.
    ///   - nesterov: look ahead along the momentum.
    ///   - iteration: a, b and c.
    ///   - iterations: how often it is iterated.
    ///   - iterationType: a real type to iterate in; nil for the parameter's. The iteration needs no more than bfloat16,
    ///     which is twice as fast on processors with instructions for it.
    ///   - epsilon: the least norm that is divided by.
    ///   - scaling: what steps are multiplied with.
    ///   - maximize: climb instead.
    public init<Member: Optimizable>(
        _ parameters: [Member], learningRate: Double = 1e-3, weightDecay: Double = 0.1,
        momentum: Double = 0.95,
        nesterov: Bool = true, iteration: (Double, Double, Double) = (3.4445, -4.7750, 2.0315),
        iterations: Int = 5, iterationType: DType? = nil, epsilon: Double = 1e-7,
        scaling: Scaling = .original,
        maximize: Bool = false
    ) {
        checkNumber("Muon", "iterations", Double(iterations), 0...99)
        if let iterationType, !iterationType.isFloatingPoint {
            fail("Muon", "iterationType is \(iterationType); it must be a real floating-point type")
        }
        checkNumber("Muon", "epsilon", epsilon, 0...(.infinity))
        for (index, parameter) in Member.groups(of: parameters).flatMap(\.parameters).enumerated() {
            if parameter.shape.count == 2 && !parameter.value.dtype.isComplex { continue }
            fail(
                "Muon",
                "\(title(parameter, index)) is \(parameter.value.dtype) of shape \(parameter.shape); it takes real "
                    + "matrices: give the others to another optimizer")
        }
        self.nesterov = nesterov
        self.iteration = iteration
        self.iterations = iterations
        self.iterationType = iterationType
        self.epsilon = epsilon
        self.scaling = scaling
        super.init(
            "Muon", parameters, learningRate: learningRate, weightDecay: weightDecay, momentum: momentum,
            maximize: maximize, slots: { ["mean": .zeros(like: $0.value)] })
    }

    public override func update(
        _ value: inout Tensor, gradient: Tensor, slots: inout [Tensor], step: Int, group: Group
    ) {
        let momentum = group.momentum!
        slots[0] *= momentum
        slots[0] += gradient * (1 - momentum)
        let direction = nesterov ? gradient * (1 - momentum) + slots[0] * momentum : slots[0]
        let (rows, columns) = (Double(value.shape[0]), Double(value.shape[1]))
        let scale =
            switch scaling {
            case .original: max(1, rows / columns).squareRoot()
            case .matchingAdamW: 0.2 * max(rows, columns).squareRoot()
            case .spectral: (rows / columns).squareRoot()
            }
        let orthogonal = orthogonalized(direction)
        value *= 1 - group.learningRate * group.weightDecay
        value -= orthogonal * (group.learningRate * scale)
    }

    /// A matrix near the orthogonal factor of `direction`: its singular values are near 1.
    private func orthogonalized(_ direction: Tensor) -> Tensor {
        if direction.count == 0 { return direction }
        let isTall = direction.shape[0] > direction.shape[1]
        var x = direction / direction.norm().maximum(epsilon)
        if isTall { x = x.transpose() }
        if let iterationType { x = x.to(iterationType) }
        let (a, b, c) = iteration
        let scaledIdentity = Tensor.eye(x.shape[0], dtype: x.dtype).to(x.device) * a
        for _ in 0..<iterations {
            let gram = x.matmul(x.transpose())
            x = (scaledIdentity + gram * b + gram.matmul(gram) * c).matmul(x)
        }
        return (isTall ? x.transpose() : x).to(direction.dtype)
    }
}
