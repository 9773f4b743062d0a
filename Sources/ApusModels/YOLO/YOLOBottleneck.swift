import Apus
import ApusNN

/// A 1×1 and a 3×3 convolution, added to what comes in: YOLOv5's `Bottleneck`. State: `cv1.…`, `cv2.…`.
public final class YOLOBottleneck: Module, Layer {
    /// 1×1.
    public let cv1: ConvNorm
    /// 3×3.
    public let cv2: ConvNorm
    private let shortcut: Bool

    /// - Parameter shortcut: whether it adds what comes in.
    public init(_ channels: Int, shortcut: Bool = true, using generator: RandomGenerator = .default) {
        cv1 = yoloConv(channels, channels, using: generator)
        cv2 = yoloConv(channels, channels, kernel: 3, using: generator)
        self.shortcut = shortcut
    }

    /// [batch, channels, height, width], in the same shape.
    public func forward(_ x: Tensor) -> Tensor {
        let y = cv2(cv1(x))
        return shortcut ? x + y : y
    }
}
