import ApusCore
import ApusFormats

/// Some operations of fourteen, drawn at random, each with the same strength.
///
/// Source: Cubuk et al., RandAugment: Practical automated data augmentation with a reduced search space, 2019; the magnitudes
/// are torchvision's.
public struct RandAugment: ImageTransform {
    /// How many operations, one after another.
    public let operations: Int
    /// Their strength, 0 to `magnitudes` − 1.
    public let magnitude: Int
    /// How many strengths there are.
    public let magnitudes: Int
    /// Nearest or bilinear.
    public let resampling: Image.Resampling
    /// Where the picture is not.
    public let fill: Image.Color

    /// - Parameters:
    ///   - operations: how many, one after another.
    ///   - magnitude: their strength, 0 to `magnitudes` − 1.
    ///   - magnitudes: how many strengths there are.
    ///   - resampling: nearest or bilinear.
    ///   - fill: where the picture is not.
    public init(
        operations: Int = 2, magnitude: Int = 9, magnitudes: Int = 31,
        _ resampling: Image.Resampling = .nearest, fill: Image.Color = 0
    ) {
        if operations < 0 || magnitudes < 1 || !(0..<magnitudes).contains(magnitude) {
            fail("RandAugment", "\(operations) operations of strength \(magnitude) of \(magnitudes)")
        }
        (self.operations, self.magnitude, self.magnitudes) = (operations, magnitude, magnitudes)
        (self.resampling, self.fill) = (resampling, fill)
    }

    static func strengths(_ image: Image) -> Augmentation.Strengths {
        Augmentation.Strengths(
            shear: 0.3, translationX: Float(150.0 / 331 * Double(image.width)),
            translationY: Float(150.0 / 331 * Double(image.height)), degrees: 30, enhancement: 0.9, bits: 4)
    }

    /// The picture after all operations.
    public func callAsFunction(_ image: Image, using generator: inout some RandomNumberGenerator) -> Image {
        let strengths = Self.strengths(image)
        var image = image
        for _ in 0..<operations {
            let operation = Augmentation.allCases.randomElement(using: &generator)!
            var magnitude = operation.magnitude(magnitude, of: magnitudes, strengths)
            if operation.isSigned && Bool.random(using: &generator) { magnitude = -magnitude }
            image = operation(image, magnitude: magnitude, resampling, fill: fill)
        }
        return image
    }
}
