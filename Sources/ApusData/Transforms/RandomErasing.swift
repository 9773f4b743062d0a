import Apus
import ApusCore
import Glibc

/// A random rectangle of a tensor [channels, height, width] erased, with a probability.
///
/// Source: Zhong et al., Random Erasing Data Augmentation, 2017.
public struct RandomErasing: Sendable {
    /// What stands in the rectangle.
    public enum Fill: Sendable, Hashable {
        /// A number.
        case constant(Float)
        /// A standard normal deviate for each element.
        case noise
    }

    /// From 0 (never) to 1 (always).
    public let probability: Double
    /// The rectangle's share of the area.
    public let scale: ClosedRange<Double>
    /// The rectangle's height over its width.
    public let ratio: ClosedRange<Double>
    /// What stands in the rectangle.
    public let fill: Fill

    /// - Parameters:
    ///   - probability: from 0 (never) to 1 (always).
    ///   - scale: the rectangle's share of the area, uniform.
    ///   - ratio: its height over its width, whose logarithm is uniform.
    ///   - fill: what stands in it.
    public init(
        _ probability: Double = 0.5, scale: ClosedRange<Double> = 0.02...0.33,
        ratio: ClosedRange<Double> = 0.3...3.3, fill: Fill = .constant(0)
    ) {
        checkProbability(probability, "RandomErasing")
        if scale.lowerBound < 0 || scale.upperBound > 1
            || !(ratio.lowerBound > 0 && ratio.upperBound.isFinite)
        {
            fail("RandomErasing", "a share of \(scale) with ratios \(ratio)")
        }
        (self.probability, self.scale, self.ratio, self.fill) = (probability, scale, ratio, fill)
    }

    /// The tensor as it is, or with the rectangle; as it is where none of ten rectangles fits.
    public func callAsFunction(_ x: Tensor, using generator: inout some RandomNumberGenerator) -> Tensor {
        if x.rank != 3 || !x.dtype.isFloatingPoint {
            fail("RandomErasing", "a \(x.dtype) tensor of shape \(x.shape) is not [channels, height, width]")
        }
        if !isDrawn(probability, using: &generator) { return x }
        let (channels, height, width) = (x.shape[0], x.shape[1], x.shape[2])
        let logs = log(ratio.lowerBound)...log(ratio.upperBound)
        for _ in 0..<10 {
            let area = Double(height * width) * Double.random(in: scale, using: &generator)
            let ratio = exp(Double.random(in: logs, using: &generator))
            let h = Int((area * ratio).squareRoot().rounded(.toNearestOrEven))
            let w = Int((area / ratio).squareRoot().rounded(.toNearestOrEven))
            if h >= height || w >= width { continue }
            let top = Int.random(in: 0...height - h, using: &generator)
            let left = Int.random(in: 0...width - w, using: &generator)
            let part: Tensor =
                switch fill {
                case .constant(let value): Tensor.full([channels, h, w], Double(value), dtype: x.dtype)
                case .noise:
                    Tensor(
                        (0..<channels * h * w).map { _ in normal(using: &generator) },
                        shape: [channels, h, w], dtype: x.dtype)
                }
            var result = x
            result[.all, top..<top + h, left..<left + w] = part
            return result
        }
        return x
    }
}
