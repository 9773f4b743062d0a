import Apus
import ApusNN

/// The backbone of YOLOv5: 3×3 convolutions of stride 2, each followed by a `C3`.
///
/// State: `0.…` to `8.…`, the numbers that its layers have in YOLOv5's models.
public final class CSPDarknet: Module {
    /// Channels of the three maps.
    public let channels: [Int]
    private let layers: Sequential

    /// - Parameters:
    ///   - width: channels after the first convolution; each further one doubles them.
    ///   - depths: bottlenecks of the four `C3`s.
    public init(width: Int, depths: [Int], using generator: RandomGenerator = .default) {
        if width < 2 || width % 2 != 0 || depths.count != 4 || depths.contains(where: { $0 < 0 }) {
            fail(
                "CSPDarknet",
                "a width of \(width) and depths \(depths): an even width and four depths are wanted")
        }
        channels = [4 * width, 8 * width, 16 * width]
        var layers: [any Layer] = [yoloConv(3, width, kernel: 6, stride: 2, padding: 2, using: generator)]
        for (index, depth) in depths.enumerated() {
            let inputs = width << index
            layers.append(yoloConv(inputs, 2 * inputs, kernel: 3, stride: 2, using: generator))
            layers.append(C3(2 * inputs, 2 * inputs, depth: depth, using: generator))
        }
        self.layers = Sequential(layers)
    }

    public override var members: [(name: String, member: Member)] { layers.members }

    /// [batch, 3, height, width] to maps at an 8th, 16th and 32nd of height and width.
    public func callAsFunction(
        _ x: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> [Tensor] {
        called(file: file, line: line) {
            var (x, maps) = (x, [Tensor]())
            for (index, layer) in layers.layers.enumerated() {
                x = layer(x)
                if [4, 6, 8].contains(index) { maps.append(x) }
            }
            return maps
        }
    }
}
