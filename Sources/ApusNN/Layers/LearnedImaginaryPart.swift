import Apus

/// Gives real images an imaginary part that is learned: x + i·f(x) with f = BN → ReLU → Conv → BN → ReLU → Conv
/// (Trabelsi et al. 2018, section 3.7).
///
/// Images [batch, channels, height, width] of float32 become complex64 ones of the same shape.
public final class LearnedImaginaryPart: Module, Layer {
    /// Of the input.
    public let norm1: BatchNorm2d
    /// From the input to as many channels, in its size.
    public let conv1: Conv2d
    /// Between the convolutions.
    public let norm2: BatchNorm2d
    /// To the imaginary part.
    public let conv2: Conv2d

    /// - Parameter kernel: odd extents; the convolutions keep the size of the image.
    public init(
        _ channels: Int, kernel: Extents = 3, bias: Bool = true, using generator: RandomGenerator = .default
    ) {
        norm1 = BatchNorm2d(channels, activation: .relu)
        conv1 = Conv2d(channels, channels, kernel: kernel, padding: .same, bias: bias, using: generator)
        norm2 = BatchNorm2d(channels, activation: .relu)
        conv2 = Conv2d(channels, channels, kernel: kernel, padding: .same, bias: bias, using: generator)
    }

    /// float32 [batch, channels, height, width] to complex64 of the same shape; the program stops for other types.
    public func forward(_ x: Tensor) -> Tensor {
        if x.dtype != .float32 {
            fail("LearnedImaginaryPart", "takes float32 images, not \(x.dtype)")
        }
        return .complex(real: x, imaginary: conv2(norm2(conv1(norm1(x)))))
    }
}
