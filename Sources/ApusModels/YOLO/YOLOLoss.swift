import Apus
import ApusNN

/// The loss of YOLOv5: how far the boxes of matched cells are from their objects (1 − complete IoU), binary
/// cross-entropy of all cells' objectness with that IoU as target, and of the matched cells' classes.
///
/// An object is to be found by up to nine of a map's cells and anchors: those of like size, in its cell and
/// the two next to its center.
public struct YOLOLoss: Sendable {
    /// The factors of the three parts.
    public struct Gains: Sendable, Equatable {
        /// Of the boxes.
        public var boxes: Double
        /// Of the objectness.
        public var objectness: Double
        /// Of the classes.
        public var classes: Double

        /// YOLOv5's for 80 classes and pictures of 640×640, where there are no others.
        public init(boxes: Double = 0.05, objectness: Double = 1, classes: Double = 0.5) {
            (self.boxes, self.objectness, self.classes) = (boxes, objectness, classes)
        }
    }

    /// The loss of a batch, and its parts before their factors: each one number.
    public struct Parts {
        /// What is made small.
        public let total: Tensor
        /// Of the boxes: the mean of 1 − CIoU over the matches of a map, and the sum over the maps.
        public let boxes: Tensor
        /// Of the objectness: the mean over the cells of a map, and the sum over the maps with the factors 4,
        /// 1 and 0.4.
        public let objectness: Tensor
        /// Of the classes: the mean over matches and classes of a map, and the sum over the maps.
        public let classes: Tensor
    }

    /// The factors of the three parts.
    public let gains: Gains
    /// How much a map's objectness counts, the largest map first: it has most cells, and least to find in
    /// them.
    private static let balance = [4.0, 1, 0.4]

    /// With these factors.
    public init(_ gains: Gains = Gains()) { self.gains = gains }

    /// The loss of what a detector says of pictures, and what there is in them.
    ///
    /// - Parameters:
    ///   - levels: what `YOLODetector.levels` gave.
    ///   - objects: [objects, 6]: picture, class, left, top, right and bottom in pixels. Those that are empty
    ///     or whose center is outside of their picture are left out.
    ///   - configuration: of the detector.
    public func callAsFunction(
        _ levels: [Tensor], objects: Tensor, _ configuration: YOLODetector.Configuration
    ) -> Parts {
        let objects = checked(Detection.list(objects), batch: levels[0].shape[0], configuration.classes)
        var parts = (boxes: Tensor(0.0), objectness: Tensor(0.0), classes: Tensor(0.0))
        for (index, level) in levels.enumerated() {
            let stride = YOLODetector.strides[index]
            let matches = AnchorMatches(
                objects, shape: level.shape, anchors: configuration.anchors[index], stride: stride)
            let rows = level.reshape([-1, level.shape[4]])
            var wanted = [Float](repeating: 0, count: rows.shape[0])
            if !matches.positions.isEmpty {
                let found = rows[matches.positions]
                let iou = boxOverlap(found, matches, stride: stride)
                for (position, value) in zip(matches.positions, iou.detach().array(of: Float.self)) {
                    wanted[position] = max(wanted[position], value)
                }
                parts.boxes = parts.boxes + (1 - iou).mean()
                parts.classes = parts.classes + classLoss(found, matches, configuration.classes)
            }
            let loss = rows[.all, 4].binaryCrossEntropyWithLogits(
                Tensor(wanted, shape: [wanted.count]))
            parts.objectness = parts.objectness + loss * YOLOLoss.balance[index]
        }
        let total =
            parts.boxes * gains.boxes + parts.objectness * gains.objectness + parts.classes * gains.classes
        return Parts(
            total: total, boxes: parts.boxes, objectness: parts.objectness, classes: parts.classes)
    }

    /// The complete IoU of each match.
    private func boxOverlap(_ found: Tensor, _ matches: AnchorMatches, stride: Int) -> Tensor {
        let count = matches.positions.count
        let boxes = YOLODetector.decoded(
            found[.all, 0..<4], cells: Tensor(matches.cells, shape: [count, 2]),
            anchors: Tensor(matches.anchors, shape: [count, 2]), stride: stride)
        return boxes.completeBoxIoU(Tensor(matches.boxes, shape: [count, 4]))
    }

    private func classLoss(_ found: Tensor, _ matches: AnchorMatches, _ classes: Int) -> Tensor {
        var wanted = [Float](repeating: 0, count: matches.labels.count * classes)
        for (row, label) in matches.labels.enumerated() { wanted[row * classes + label] = 1 }
        return found[.all, 5...].binaryCrossEntropyWithLogits(
            Tensor(wanted, shape: [matches.labels.count, classes]))
    }

    private func checked(_ objects: [Detection], batch: Int, _ classes: Int) -> [Detection] {
        for object in objects
        where !(0..<batch).contains(object.image) || !(0..<classes).contains(object.label) {
            fail(
                "YOLOLoss",
                "an object of class \(object.label) in picture \(object.image): there are "
                    + "\(classes) classes and \(batch) pictures")
        }
        return objects
    }
}
