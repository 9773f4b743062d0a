import Apus
import ApusCore

/// Each sample of a batch mixed with its neighbour, and their targets in the same proportion.
///
/// Source: Zhang et al., mixup: Beyond Empirical Risk Minimization, 2018.
public struct MixUp: Sendable {
    /// Of the beta distribution from which the proportion is drawn.
    public let alpha: Double

    /// - Parameter alpha: of the beta distribution from which the proportion is drawn, above 0; 1 makes all equally likely.
    public init(alpha: Double = 1) {
        if !(alpha > 0 && alpha.isFinite) { fail("MixUp", "alpha \(alpha) is not above 0") }
        self.alpha = alpha
    }

    /// λ x + (1 − λ) x of the sample before, and so the targets.
    ///
    /// - Parameters:
    ///   - inputs: floating point, [samples, …].
    ///   - targets: probabilities, [samples, classes], as `oneHot` makes them of class numbers.
    public func callAsFunction(
        _ inputs: Tensor, targets: Tensor, using generator: inout some RandomNumberGenerator
    ) -> (inputs: Tensor, targets: Tensor) {
        checkBatch(inputs, targets, "MixUp")
        let share = beta(alpha, using: &generator)
        return (mixed(inputs, share), mixed(targets, share))
    }
}

/// share · x + (1 − share) · x rolled by one sample.
func mixed(_ x: Tensor, _ share: Double) -> Tensor { x.roll(1, axis: 0) * (1 - share) + x * share }

func checkBatch(_ inputs: Tensor, _ targets: Tensor, _ operation: String) {
    if let part = BatchPart.current, part.count != part.total {
        fail(
            operation,
            "mixes the rows of a batch with each other, and here are \(part.count) of \(part.total): it is to be applied "
                + "to all of them, before they are divided")
    }
    if inputs.rank < 1 || targets.rank != 2 || targets.shape[0] != inputs.shape[0]
        || !inputs.dtype.isFloatingPoint || !targets.dtype.isFloatingPoint
    {
        fail(
            operation,
            "inputs \(inputs.dtype) \(inputs.shape) and targets \(targets.dtype) \(targets.shape) are not "
                + "[samples, …] and probabilities [samples, classes]")
    }
}
