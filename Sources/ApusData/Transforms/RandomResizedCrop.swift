import ApusCore
import ApusFormats
import Glibc

/// A part of the picture of random size and proportions, scaled to one size: how Inception was trained.
///
/// Source: Szegedy et al., Going Deeper with Convolutions, 2015, section 6.
public struct RandomResizedCrop: ImageTransform {
    /// Of the result, in pixels.
    public let width: Int
    /// Of the result, in pixels.
    public let height: Int
    /// The part's share of the picture's area.
    public let scale: ClosedRange<Double>
    /// The part's width over its height.
    public let ratio: ClosedRange<Double>
    /// How new pixels are made of old ones.
    public let resampling: Image.Resampling

    /// A square with so many pixels a side.
    ///
    /// - Parameters:
    ///   - side: of the result.
    ///   - scale: the part's share of the picture's area, uniform.
    ///   - ratio: its width over its height, whose logarithm is uniform.
    ///   - resampling: how new pixels are made of old ones.
    public init(
        _ side: Int, scale: ClosedRange<Double> = 0.08...1, ratio: ClosedRange<Double> = 3 / 4...4 / 3,
        _ resampling: Image.Resampling = .bilinear
    ) { self.init(width: side, height: side, scale: scale, ratio: ratio, resampling) }

    /// So many pixels.
    ///
    /// - Parameters:
    ///   - width: of the result.
    ///   - height: of the result.
    ///   - scale: the part's share of the picture's area, uniform.
    ///   - ratio: its width over its height, whose logarithm is uniform.
    ///   - resampling: how new pixels are made of old ones.
    public init(
        width: Int, height: Int, scale: ClosedRange<Double> = 0.08...1,
        ratio: ClosedRange<Double> = 3 / 4...4 / 3, _ resampling: Image.Resampling = .bilinear
    ) {
        if min(width, height) < 1 || !(scale.lowerBound > 0 && scale.upperBound.isFinite)
            || !(ratio.lowerBound > 0 && ratio.upperBound.isFinite)
        {
            fail(
                "RandomResizedCrop", "\(width) × \(height) pixels of a share of \(scale) with ratios \(ratio)"
            )
        }
        (self.width, self.height, self.scale, self.ratio) = (width, height, scale, ratio)
        self.resampling = resampling
    }

    /// The part of the picture, at its new size.
    public func callAsFunction(_ image: Image, using generator: inout some RandomNumberGenerator) -> Image {
        let part = part(of: image.width, image.height, using: &generator)
        return image.cropped(x: part.x, y: part.y, width: part.width, height: part.height)
            .resized(width: width, height: height, resampling)
    }

    /// Ten tries, then the largest part in the middle with an allowed ratio.
    func part(
        of width: Int, _ height: Int, using generator: inout some RandomNumberGenerator
    ) -> (x: Int, y: Int, width: Int, height: Int) {
        let logs = log(ratio.lowerBound)...log(ratio.upperBound)
        for _ in 0..<10 {
            let area = Double(width * height) * Double.random(in: scale, using: &generator)
            let ratio = exp(Double.random(in: logs, using: &generator))
            let w = rounded((area * ratio).squareRoot())
            let h = rounded((area / ratio).squareRoot())
            if (1...width).contains(w) && (1...height).contains(h) {
                return (
                    Int.random(in: 0...width - w, using: &generator),
                    Int.random(in: 0...height - h, using: &generator), w, h
                )
            }
        }
        let whole = Double(width) / Double(height)
        var (w, h) = (width, height)
        if whole < ratio.lowerBound { h = max(rounded(Double(w) / ratio.lowerBound), 1) }
        if whole > ratio.upperBound { w = max(rounded(Double(h) * ratio.upperBound), 1) }
        return ((width - w) / 2, (height - h) / 2, w, h)
    }

    private func rounded(_ x: Double) -> Int { Int(min(x.rounded(.toNearestOrEven), 1e9)) }
}
