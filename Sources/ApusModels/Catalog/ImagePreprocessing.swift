/// What a picture goes through before a model, as its weights were trained: the shorter side scaled, the middle cut out, and
/// (x / 255 − mean) / std of each channel.
public struct ImagePreprocessing: Codable, Sendable, Equatable {
    /// How new pixels are made of old ones.
    public enum Resampling: String, Codable, Sendable { case bilinear, bicubic }

    /// The order of the channels.
    public enum Order: String, Codable, Sendable { case rgb, bgr }

    /// What the shorter side is scaled to, in pixels.
    public var resize: Int
    /// Height and width of the middle, in pixels.
    public var crop: Int
    /// How pictures are scaled.
    public var resampling: Resampling
    /// What becomes 0, for red, green and blue.
    public var mean: [Float]
    /// The difference that becomes 1, for red, green and blue.
    public var std: [Float]
    /// In which order the model takes red, green and blue.
    public var order: Order

    /// With the means and deviations of ImageNet's pictures, unless others are given.
    public init(
        resize: Int, crop: Int, _ resampling: Resampling = .bilinear, mean: [Float] = [0.485, 0.456, 0.406],
        std: [Float] = [0.229, 0.224, 0.225], order: Order = .rgb
    ) {
        self.resize = resize
        self.crop = crop
        self.resampling = resampling
        self.mean = mean
        self.std = std
        self.order = order
    }

    /// −1 to 1: what networks of Inception's family take.
    static func symmetric(resize: Int, crop: Int, _ resampling: Resampling = .bilinear) -> Self {
        Self(
            resize: resize, crop: crop, resampling, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5])
    }

    /// 0 to 255, blue first, as ShuffleNet's authors have them.
    static let bytesFromBlue = Self(
        resize: 256, crop: 224, mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255], order: .bgr)
}
