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
        let share = beta(alpha, using: &generator)
        let x = Int.random(in: 0..<width, using: &generator)
        let y = Int.random(in: 0..<height, using: &generator)
        return CutMix.cut(inputs, targets, share: share, x: x, y: y)
    }

    /// The batch with rectangles of 1 − `share` of the area around a position, cut off at the edges; the targets are mixed by
    /// what is left of it.
    static func cut(
        _ inputs: Tensor, _ targets: Tensor, share: Double, x: Int, y: Int
    ) -> (inputs: Tensor, targets: Tensor) {
        let (height, width) = (inputs.shape[inputs.rank - 2], inputs.shape[inputs.rank - 1])
        func span(_ middle: Int, _ count: Int) -> Range<Int> {
            let reach = Int(0.5 * (1 - share).squareRoot() * Double(count))
            return max(middle - reach, 0)..<min(middle + reach, count)
        }
        let (rows, columns) = (span(y, height), span(x, width))
        if rows.isEmpty || columns.isEmpty { return (inputs, targets) }
        var result = inputs
        result[.ellipsis, rows, columns] = inputs.roll(1, axis: 0)[.ellipsis, rows, columns]
        return (result, mixed(targets, 1 - Double(rows.count * columns.count) / Double(height * width)))
    }
}
