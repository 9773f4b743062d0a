import Apus
import ApusKernelCalls
import ApusNN

/// Steps divided by the root of the sum of all squared gradients so far (Duchi et al. 2011), as PyTorch has it.
///
/// g ← g + weightDecay·p, v ← v + g², p ← p − learningRate/(1 + (t − 1)·learningRateDecay)·g/(√v + ε).
public final class Adagrad: Optimizer {
    /// How fast the learning rate falls with the steps.
    public let learningRateDecay: Double
    /// ε, added to the root that steps are divided by.
    public let epsilon: Double

    /// - Parameters:
    ///   - parameters: parameters, or groups of them.
    ///   - learningRateDecay: how fast the learning rate falls.
    ///   - weightDecay: L2 regularisation.
    ///   - initialSquare: what the sums start with.
    ///   - epsilon: added to the divisor.
    ///   - maximize: climb instead.
    public init(
        _ parameters: [some Optimizable], learningRate: Double = 1e-2, learningRateDecay: Double = 0,
        weightDecay: Double = 0, initialSquare: Double = 0, epsilon: Double = 1e-10, maximize: Bool = false
    ) {
        checkNumber("Adagrad", "learningRateDecay", learningRateDecay, 0...(.infinity))
        checkNumber("Adagrad", "initialSquare", initialSquare, 0...(.infinity))
        checkNumber("Adagrad", "epsilon", epsilon, 0...(.infinity))
        self.learningRateDecay = learningRateDecay
        self.epsilon = epsilon
        super.init(
            "Adagrad", parameters, Kernels.adagrad, learningRate: learningRate, weightDecay: weightDecay,
            maximize: maximize, slots: ["square"])
        // Each part of a complex number has a sum of its own.
        for index in slots.indices where initialSquare != 0 {
            if slots[index][0].dtype.isComplex {
                slots[index][0] += Complex(initialSquare, initialSquare)
            } else {
                slots[index][0] += initialSquare
            }
        }
    }

    override func coefficients(_ index: Int, step: Int, _ group: Group) -> [Double] {
        [sign, group.weightDecay, group.learningRate / (1 + Double(step - 1) * learningRateDecay), epsilon]
    }
}
