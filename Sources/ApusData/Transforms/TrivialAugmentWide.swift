import ApusCore
import ApusFormats

/// One operation of fourteen, drawn at random, with a random strength.
///
/// Source: Müller and Hutter, TrivialAugment: Tuning-free Yet State-of-the-Art Data Augmentation, 2021; the magnitudes are
/// torchvision's.
public struct TrivialAugmentWide: ImageTransform {
    /// How many strengths there are.
    public let magnitudes: Int
    /// Nearest or bilinear.
    public let resampling: Image.Resampling
    /// Where the picture is not.
    public let fill: Image.Color

    /// - Parameters:
    ///   - magnitudes: how many strengths there are.
    ///   - resampling: nearest or bilinear.
    ///   - fill: where the picture is not.
    public init(magnitudes: Int = 31, _ resampling: Image.Resampling = .nearest, fill: Image.Color = 0) {
        if magnitudes < 1 { fail("TrivialAugmentWide", "\(magnitudes) strengths") }
        (self.magnitudes, self.resampling, self.fill) = (magnitudes, resampling, fill)
    }

    static let strengths = Augmentation.Strengths(
        shear: 0.99, translationX: 32, translationY: 32, degrees: 135, enhancement: 0.99, bits: 6)

    /// The picture after the operation.
    public func callAsFunction(_ image: Image, using generator: inout some RandomNumberGenerator) -> Image {
        let operation = Augmentation.allCases.randomElement(using: &generator)!
        let index = Int.random(in: 0..<magnitudes, using: &generator)
        var magnitude = operation.magnitude(index, of: magnitudes, Self.strengths)
        if operation.isSigned && Bool.random(using: &generator) { magnitude = -magnitude }
        return operation(image, magnitude: magnitude, resampling, fill: fill)
    }
}
