import Apus
import ApusCore

/// A rectangle of each image of a batch replaced by its neighbour's, and the targets mixed by its area.
///
/// Source: Yun et al., CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features, 2019.
public struct CutMix: Sendable {
    /// Of the beta distribution from which the area is drawn.
    public let alpha: Double

    /// - Parameter alpha: of the beta distribution from which the area is drawn, above 0; 1 makes all equally likely.
    public init(alpha: Double = 1) {
        if !(alpha > 0 && alpha.isFinite) { fail("CutMix", "alpha \(alpha) is not above 0") }
        self.alpha = alpha
    }

    /// The batch with the rectangles of the sample before.
    ///
    /// - Parameters:
    ///   - inputs: floating point, [samples, …, height, width].
    ///   - targets: probabilities, [samples, classes], as `oneHot` makes them of class numbers.
    public func callAsFunction(
        _ inputs: Tensor, targets: Tensor, using generator: inout some RandomNumberGenerator
    ) -> (inputs: Tensor, targets: Tensor) {
        checkBatch(inputs, targets, "CutMix")
        if inputs.rank < 3 || inputs.count == 0 {
            fail("CutMix", "inputs of shape \(inputs.shape) are not [samples, …, height, width]")
        }
        let (height, width) = (inputs.shape[inputs.rank - 2], inputs.shape[inputs.rank - 1])
        let half = 0.5 * (1 - beta(alpha, using: &generator)).squareRoot()
        let columns = span(width, half, using: &generator)
        let rows = span(height, half, using: &generator)
        if columns.isEmpty || rows.isEmpty { return (inputs, targets) }
        var result = inputs
        result[.ellipsis, rows, columns] = inputs.roll(1, axis: 0)[.ellipsis, rows, columns]
        let share = 1 - Double(rows.count * columns.count) / Double(height * width)
        return (result, mixed(targets, share))
    }

    /// A part around a random position, cut off at the edges.
    private func span(
        _ count: Int, _ half: Double, using generator: inout some RandomNumberGenerator
    ) -> Range<Int> {
        let (middle, reach) = (Int.random(in: 0..<count, using: &generator), Int(half * Double(count)))
        return max(middle - reach, 0)..<min(middle + reach, count)
    }
}
