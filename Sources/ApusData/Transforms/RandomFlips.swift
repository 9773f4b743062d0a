import ApusFormats

/// Left and right exchanged, with a probability.
public struct RandomHorizontalFlip: ImageTransform {
    /// From 0 (never) to 1 (always).
    public let probability: Double

    /// - Parameter probability: from 0 (never) to 1 (always).
    public init(_ probability: Double = 0.5) {
        checkProbability(probability, "RandomHorizontalFlip")
        self.probability = probability
    }

    /// The picture or its mirror image.
    public func callAsFunction(_ image: Image, using generator: inout some RandomNumberGenerator) -> Image {
        isDrawn(probability, using: &generator) ? image.flippedHorizontally() : image
    }
}

/// Top and bottom exchanged, with a probability.
public struct RandomVerticalFlip: ImageTransform {
    /// From 0 (never) to 1 (always).
    public let probability: Double

    /// - Parameter probability: from 0 (never) to 1 (always).
    public init(_ probability: Double = 0.5) {
        checkProbability(probability, "RandomVerticalFlip")
        self.probability = probability
    }

    /// The picture or its mirror image.
    public func callAsFunction(_ image: Image, using generator: inout some RandomNumberGenerator) -> Image {
        isDrawn(probability, using: &generator) ? image.flippedVertically() : image
    }
}
