import Apus
import ApusNN

/// A detector in the manner of YOLOv5 (Jocher et al. 2020, after Redmon et al. 2016, "You only look once"):
/// backbone, neck, and three maps whose cells say for three anchors each whether there is something, where
/// and what.
///
/// State: the names of YOLOv5's models, `model.0.conv.weight` to `model.24.m.2.bias`, but for its anchors,
/// which are a setting here. A backbone of HorNet is `backbone.…`, a gⁿConv after the neck `gnconvs.0.…`.
public final class YOLODetector: Module, Layer {
    /// What it was made of.
    public let configuration: Configuration
    /// Pixels of a cell along each axis, for the three maps.
    public static let strides = [8, 16, 32]

    /// YOLOv5's backbone, if it has that.
    public let darknet: CSPDarknet?
    /// HorNet, if it has that.
    public let horNet: HorNetBackbone?
    /// After the backbone's smallest map.
    public let pooling: SPPF
    /// Three maps to three.
    public let neck: PathAggregation
    /// After the neck's maps; empty where there are none.
    public let gnconvs: [RecursiveGatedConv]
    /// 1×1, to the numbers of each cell.
    public let heads: [Conv2d]

    /// With weights drawn from this generator.
    public init(_ configuration: Configuration, using generator: RandomGenerator = .default) {
        configuration.check()
        self.configuration = configuration
        let channels: [Int]
        switch configuration.backbone {
        case .csp(let width, let depths):
            let network = CSPDarknet(width: width, depths: depths, using: generator)
            (darknet, horNet, channels) = (network, nil, network.channels)
        case .horNet(let settings):
            let network = HorNetBackbone(settings, from: 1, using: generator)
            (darknet, horNet, channels) = (nil, network, network.channels)
        }
        pooling = SPPF(channels[2], channels[2], using: generator)
        neck = PathAggregation(channels, using: generator) { inputs, outputs in
            switch configuration.neck {
            case .c3(let depth):
                C3(inputs, outputs, depth: depth, shortcut: false, using: generator)
            case .c3HorBlock(let depth, let order):
                C3HorBlock(inputs, outputs, depth: depth, order: order, using: generator)
            }
        }
        gnconvs =
            configuration.hasGatedOutputs
            ? channels.map {
                RecursiveGatedConv($0, order: 2, scale: 1, weights: .xavierUniform(), using: generator)
            } : []
        heads = channels.map { YOLODetector.head($0, configuration.classes, using: generator) }
    }

    /// Begins with the belief that few cells have something (Lin et al. 2017, "Focal loss", section 4.1).
    private static func head(_ inputs: Int, _ classes: Int, using generator: RandomGenerator) -> Conv2d {
        let head = Conv2d(inputs, 3 * (5 + classes), kernel: 1, using: generator)
        let biases = [0, 0, 0, 0, -4.6] + Array(repeating: Double.log(0.6 / Double(classes)), count: classes)
        head.bias!.value = Tensor(biases + biases + biases, shape: [3 * (5 + classes)], dtype: .float32)
        return head
    }

    public override var members: [(name: String, member: Member)] {
        (darknet.map { $0.members.map { ("model.\($0.name)", $0.member) } } ?? [])
            + (horNet.map { [("backbone", .module($0))] } ?? [])
            + [("model.9", .module(pooling))] + neck.members.map { ("model.\($0.name)", $0.member) }
            + gnconvs.enumerated().map { ("gnconvs.\($0.offset)", .module($0.element)) }
            + heads.enumerated().map { ("model.24.m.\($0.offset)", .module($0.element)) }
    }

    /// What the cells of the three maps say of [batch, 3, height, width], with extents that are multiples of
    /// 32: x, y, width, height, objectness and classes as logits, [batch, rows, columns, 3, 5 + classes].
    public func levels(_ x: Tensor) -> [Tensor] {
        if x.rank != 4 || x.shape[2] % 32 != 0 || x.shape[3] % 32 != 0 {
            fail(
                "YOLODetector",
                "an input of shape \(x.shape): [batch, 3, height, width] with multiples of 32 is wanted")
        }
        var maps = darknet.map { $0(x) } ?? horNet!(x)
        maps[2] = pooling(maps[2])
        maps = neck(maps)
        if !gnconvs.isEmpty { maps = zip(gnconvs, maps).map { $0($1) } }
        return zip(heads, maps).map { head, map in
            let numbers = head(map).permute(0, 2, 3, 1)
            return numbers.reshape(Array(numbers.shape.dropLast()) + [3, 5 + configuration.classes])
        }
    }

    /// The boxes of all cells of [batch, 3, height, width]: their edges in pixels, how likely there is
    /// something, and the probabilities of the classes if there is: [batch, boxes, 5 + classes].
    public func forward(_ x: Tensor) -> Tensor {
        let found = levels(x).enumerated().map { index, level in
            let (rows, columns) = (level.shape[1], level.shape[2])
            let across = Tensor((0..<columns).map { Float($0) }, shape: [1, columns, 1])
            let down = Tensor((0..<rows).map { Float($0) }, shape: [rows, 1, 1])
            let zeros = Tensor.zeros([rows, columns, 1])
            let cells = Tensor.stack([across + zeros, down + zeros], axis: -1)
            let anchors = Tensor(configuration.anchors[index].flatMap { $0 }, shape: [3, 2], dtype: .float32)
            let boxes = YOLODetector.decoded(
                level[.ellipsis, 0..<4], cells: cells, anchors: anchors, stride: YOLODetector.strides[index])
            let rest = level[.ellipsis, 4...].sigmoid()
            return Tensor.cat([boxes, rest], axis: -1).flatten(from: 1, to: 3)
        }
        return Tensor.cat(found, axis: 1)
    }

    /// The edges of boxes [.., 4] in pixels from the logits of x, y, width and height: (2σ − 0.5 + cell)
    /// times the stride, and (2σ)² times the anchor.
    ///
    /// - Parameters:
    ///   - cells: column and row of each, [.., 2].
    ///   - anchors: width and height in pixels, [.., 2].
    ///   - stride: pixels of a cell.
    static func decoded(_ logits: Tensor, cells: Tensor, anchors: Tensor, stride: Int) -> Tensor {
        let doubled = logits.sigmoid() * 2
        let centers = (doubled[.ellipsis, 0..<2] - 0.5 + cells) * Double(stride)
        let extents = doubled[.ellipsis, 2..<4].square() * anchors
        return Tensor.cat([centers, extents], axis: -1).boxEdges
    }
}
