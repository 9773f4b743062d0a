/// How bytes become the numbers that a model sees: (byte / 255 − mean) / deviation.
public struct PixelScaling: Sendable, Hashable {
    /// The brightness that becomes 0; a byte of 255 has 1.
    public let mean: Float
    /// The difference in brightness that becomes 1.
    public let deviation: Float

    /// - Parameters:
    ///   - mean: the brightness that becomes 0; a byte of 255 has 1.
    ///   - deviation: the difference in brightness that becomes 1.
    public init(mean: Float, deviation: Float) {
        self.mean = mean
        self.deviation = deviation
    }

    /// To 0...1: byte / 255.
    public static let unit = PixelScaling(mean: 0, deviation: 1)
    /// The mean and standard deviation of MNIST's training images, as commonly used.
    public static let mnist = PixelScaling(mean: 0.1307, deviation: 0.3081)

    /// The means and standard deviations of the red, green and blue of CIFAR-10's training images.
    public static let cifar10 = [
        PixelScaling(mean: 0.4914, deviation: 0.2470), PixelScaling(mean: 0.4822, deviation: 0.2435),
        PixelScaling(mean: 0.4465, deviation: 0.2616),
    ]

    /// Converts `count` bytes. With `unit` each result is byte / 255, correctly rounded.
    func convert(
        _ bytes: UnsafePointer<UInt8>, to result: UnsafeMutablePointer<Float>, count: Int
    ) {
        let reciprocal: Float = 1 / 255
        let factor = 1 / deviation
        let shift = -mean / deviation
        for i in 0..<count {
            let byte = Float(bytes[i])
            // A product and one correction are exact, and several times faster than a division.
            let estimate = byte * reciprocal
            let remainder = byte.addingProduct(-estimate, 255)
            let quotient = estimate.addingProduct(remainder, reciprocal)
            result[i] = shift.addingProduct(quotient, factor)
        }
    }
}
