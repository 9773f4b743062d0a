import ApusFormats

/// Makes a picture of a picture, perhaps another one each time.
///
/// What is random is drawn from the generator that is given, so that the same generator gives the same picture.
public protocol ImageTransform: Sendable {
    /// The picture made of `image`.
    func callAsFunction(_ image: Image, using generator: inout some RandomNumberGenerator) -> Image
}

/// A transform that draws nothing: the same picture of the same picture.
public protocol FixedImageTransform: ImageTransform {
    /// The picture made of `image`.
    func callAsFunction(_ image: Image) -> Image
}

extension FixedImageTransform {
    /// The picture made of `image`; nothing is drawn.
    public func callAsFunction(_ image: Image, using generator: inout some RandomNumberGenerator) -> Image {
        self(image)
    }
}

/// Transforms one after another.
///
/// ```swift
/// let augment = Compose(
///     RandomResizedCrop(224), RandomHorizontalFlip(), ColorJitter(brightness: 0.2, hue: 0.05))
/// let toTensor = ToTensor(mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225])
/// let input = toTensor(augment(image, using: &random))
/// ```
public struct Compose: ImageTransform {
    /// In the order in which they are applied.
    public let transforms: [any ImageTransform]

    /// In the order in which they are applied.
    public init(_ transforms: any ImageTransform...) { self.transforms = transforms }

    /// In the order in which they are applied.
    public init(_ transforms: [any ImageTransform]) { self.transforms = transforms }

    /// The picture after all of them.
    public func callAsFunction(_ image: Image, using generator: inout some RandomNumberGenerator) -> Image {
        var image = image
        for transform in transforms { image = transform.callAsFunction(image, using: &generator) }
        return image
    }
}

/// Applies a transform or a function of a picture with a probability, as `RandomApply(0.1) { $0.inverted() }`.
public struct RandomApply: ImageTransform {
    /// From 0 (never) to 1 (always).
    public let probability: Double
    private let transform: any ImageTransform

    /// - Parameters:
    ///   - probability: from 0 (never) to 1 (always).
    ///   - transform: what is applied.
    public init(_ probability: Double, _ transform: any ImageTransform) {
        checkProbability(probability, "RandomApply")
        self.probability = probability
        self.transform = transform
    }

    /// - Parameters:
    ///   - probability: from 0 (never) to 1 (always).
    ///   - function: what is applied.
    public init(_ probability: Double = 1, _ function: @escaping @Sendable (Image) -> Image) {
        self.init(probability, ImageFunction(function: function))
    }

    /// The picture as it is, or what is made of it.
    public func callAsFunction(_ image: Image, using generator: inout some RandomNumberGenerator) -> Image {
        isDrawn(probability, using: &generator) ? transform.callAsFunction(image, using: &generator) : image
    }
}

private struct ImageFunction: FixedImageTransform {
    let function: @Sendable (Image) -> Image

    func callAsFunction(_ image: Image) -> Image { function(image) }
}
