import Apus
import ApusNN

/// The averages of a map's parts at several scales, each through a 1×1 convolution and back to the map's size
/// (Zhao et al. 2017, "Pyramid scene parsing network").
///
/// State: `0.1.conv.weight`, `0.1.bn.…` of the first scale, and so on.
public final class PyramidPooling: Module {
    /// Into how many parts each axis is divided.
    public let scales: [Int]
    /// 1×1, one for each scale.
    public let convolutions: [ConvNorm]

    /// - Parameters:
    ///   - inputs: channels of the map.
    ///   - outputs: channels of what each scale gives.
    public init(
        _ inputs: Int, outputs: Int, scales: [Int] = [1, 2, 3, 6], using generator: RandomGenerator = .default
    ) {
        self.scales = scales
        convolutions = scales.map { _ in
            ConvNorm(inputs, outputs, kernel: 1, names: ("conv", "bn"), using: generator)
        }
    }

    public override var members: [(name: String, member: Member)] {
        convolutions.enumerated().map { ("\($0.offset).1", .module($0.element)) }
    }

    /// [batch, inputs, height, width] to [batch, outputs, height, width] for each scale.
    public func callAsFunction(
        _ x: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> [Tensor] {
        called(file: file, line: line) {
            zip(scales, convolutions).map { scale, convolution in
                convolution(x.adaptiveAvgPool2d([scale, scale])).resized(like: x, mode: .bilinear)
            }
        }
    }
}
