import Apus
import ApusNN

/// The maxima around each position at three sizes beside the position itself: spatial pyramid pooling (He et
/// al. 2015) as YOLOv5 has it, one 5×5 maximum after the other. State: `cv1.…`, `cv2.…`.
public final class SPPF: Module, Layer {
    /// 1×1, to half of the inputs.
    public let cv1: ConvNorm
    /// 1×1, of all four.
    public let cv2: ConvNorm

    /// With weights drawn from this generator.
    public init(_ inputs: Int, _ outputs: Int, using generator: RandomGenerator = .default) {
        cv1 = yoloConv(inputs, inputs / 2, using: generator)
        cv2 = yoloConv(4 * (inputs / 2), outputs, using: generator)
    }

    /// [batch, inputs, height, width] to [batch, outputs, height, width].
    public func forward(_ x: Tensor) -> Tensor {
        var maps = [cv1(x)]
        for _ in 0..<3 { maps.append(maps.last!.maxPool2d(5, stride: 1, padding: 2)) }
        return cv2(Tensor.cat(maps, axis: 1))
    }
}
