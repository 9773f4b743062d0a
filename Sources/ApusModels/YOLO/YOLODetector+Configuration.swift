import Apus

extension YOLODetector {
    /// What a detector is made of; gⁿConv can be in three places (Rao et al. 2022, section 4.2): in the
    /// backbone, in the neck's blocks, and after the neck.
    public struct Configuration: Codable, Sendable, Equatable {
        /// What gives the maps.
        public enum Backbone: Codable, Sendable, Equatable {
            /// YOLOv5's own; see `CSPDarknet`.
            case csp(width: Int, depths: [Int])
            /// HorNet's second, third and fourth map.
            case horNet(HorNet.Configuration)
        }

        /// The blocks of the neck.
        public enum Block: Codable, Sendable, Equatable {
            /// `C3`, with so many bottlenecks.
            case c3(depth: Int)
            /// `C3HorBlock`, with so many HorBlocks of an order.
            case c3HorBlock(depth: Int, order: Int)
        }

        /// How many classes there are.
        public var classes: Int
        /// What gives the maps.
        public var backbone: Backbone
        /// The blocks of the neck.
        public var neck: Block
        /// Whether each map goes through a gⁿConv of order 2 after the neck, as in HorFPN.
        public var hasGatedOutputs: Bool
        /// Width and height in pixels of three boxes for each of the maps at an 8th, 16th and 32nd of the
        /// picture: what predicted boxes are multiples of.
        public var anchors: [[[Double]]]

        /// The anchors are those of YOLOv5 for pictures of 640×640 where there are no others.
        public init(
            classes: Int = 80, backbone: Backbone, neck: Block = .c3(depth: 1), hasGatedOutputs: Bool = false,
            anchors: [[[Double]]] = [
                [[10, 13], [16, 30], [33, 23]], [[30, 61], [62, 45], [59, 119]],
                [[116, 90], [156, 198], [373, 326]],
            ]
        ) {
            self.classes = classes
            self.backbone = backbone
            self.neck = neck
            self.hasGatedOutputs = hasGatedOutputs
            self.anchors = anchors
        }

        /// YOLOv5n: 1,872,157 parameters.
        public static let nano = Configuration(backbone: .csp(width: 16, depths: [1, 2, 3, 1]))
        /// YOLOv5s: 7,235,389 parameters.
        public static let small = Configuration(backbone: .csp(width: 32, depths: [1, 2, 3, 1]))

        /// Stops the program where no detector can be made of it.
        func check() {
            if case .horNet(let network) = backbone, network.depths.count != 4 || network.patch != 4 {
                fail(
                    "YOLODetector",
                    "a HorNet of \(network.depths.count) stages on patches of \(network.patch): it takes the "
                        + "maps of four stages on patches of 4")
            }
            let sizes = anchors.joined()
            if classes < 1 || anchors.map(\.count) != [3, 3, 3]
                || !sizes.allSatisfy({ $0.count == 2 && min($0[0], $0[1]) > 0 })
            {
                fail(
                    "YOLODetector",
                    "\(classes) classes and anchors \(anchors): a class at least, and a positive "
                        + "width and height of three anchors for three maps are wanted")
            }
        }
    }
}
