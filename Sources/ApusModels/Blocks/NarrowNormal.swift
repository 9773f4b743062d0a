import ApusNN

extension Initializer {
    /// How weights of ConvNeXt and Swin start. torchvision cuts the distribution at ±2, which is a hundred deviations.
    static let narrowNormal = Initializer.normal(mean: 0, std: 0.02)
}
