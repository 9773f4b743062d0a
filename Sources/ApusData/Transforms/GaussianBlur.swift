import ApusCore
import ApusFormats

/// Pictures blurred by a Gaussian of random width.
public struct GaussianBlur: ImageTransform {
    /// Pixels along each side of the window, odd.
    public let size: Int
    /// Of the standard deviations, in pixels.
    public let sigma: ClosedRange<Double>

    /// - Parameters:
    ///   - size: pixels along each side of the window, odd.
    ///   - sigma: the standard deviations, in pixels, above 0.
    public init(_ size: Int, sigma: ClosedRange<Double> = 0.1...2) {
        if size < 1 || size.isMultiple(of: 2) || sigma.lowerBound <= 0 || !sigma.upperBound.isFinite {
            fail("GaussianBlur", "a window of \(size) pixels and sigma \(sigma)")
        }
        (self.size, self.sigma) = (size, sigma)
    }

    /// The picture, blurred.
    public func callAsFunction(_ image: Image, using generator: inout some RandomNumberGenerator) -> Image {
        image.gaussianBlurred(size: size, sigma: .random(in: sigma, using: &generator))
    }
}
