import Apus
import ApusModels

/// The mean of the classes' average precisions, as COCO measures detectors (Lin et al. 2014, "Microsoft
/// COCO"): detections are matched with objects, the surest first, each with the object of its class that it
/// overlaps most; precision is averaged at 101 recalls.
///
/// Classes without objects do not count.
public struct MeanAveragePrecision: Metric {
    /// The IoU from which on a detection has found an object; over several the mean is taken.
    public let thresholds: [Double]
    private var detections: [Detection] = []
    private var objects: [Detection] = []
    private var images = 0

    /// At these overlaps; by default COCO's, 0.5 to 0.95 in steps of 0.05.
    public init(at thresholds: [Double] = (0..<10).map { 0.5 + 0.05 * Double($0) }) {
        if thresholds.isEmpty || thresholds.contains(where: { !(0...1 ~= $0) }) {
            fail("MeanAveragePrecision", "overlaps \(thresholds): one at least, from 0 to 1")
        }
        self.thresholds = thresholds
    }

    /// `map`, or of one overlap such as 0.5 `map50`.
    public var name: String {
        thresholds.count == 1 ? "map\(Int((thresholds[0] * 100).rounded()))" : "map"
    }

    /// True.
    public var isHigherBetter: Bool { true }

    /// Takes in detections [detections, 7] and objects [objects, 6], each with the number of its picture in
    /// the batch, its class, and its left, top, right and bottom; detections with a score.
    public mutating func update(_ result: BatchResult, samples: Int) {
        guard let found = result.predictions, let there = result.targets else {
            fail(
                "MeanAveragePrecision",
                "the objective gives no predictions and targets, which this metric looks at")
        }
        func numbered(_ rows: Tensor) -> [Detection] {
            Detection.list(rows).map {
                var moved = $0
                moved.image += images
                return moved
            }
        }
        detections += numbered(found)
        objects += numbered(there)
        images += samples
    }

    /// 0 to 1; NaN where no picture has an object.
    public var value: Double {
        let there = Dictionary(grouping: objects, by: \.label)
        if there.isEmpty { return .nan }
        let found = Dictionary(grouping: detections, by: \.label)
        let precisions = there.map { label, objects in
            thresholds.map {
                MeanAveragePrecision.averagePrecision(found[label] ?? [], objects, overlap: $0)
            }
            .reduce(0, +) / Double(thresholds.count)
        }
        // In an order that does not depend on hashing.
        return precisions.sorted().reduce(0, +) / Double(precisions.count)
    }

    /// Forgets all pictures.
    public mutating func reset() { (detections, objects, images) = ([], [], 0) }

    /// The average precision of one class.
    private static func averagePrecision(
        _ detections: [Detection], _ objects: [Detection], overlap: Double
    ) -> Double {
        var free = Dictionary(grouping: objects, by: \.image).mapValues { $0.map(\.box) }
        let order = detections.indices.sorted {
            (detections[$1].score, $0) < (detections[$0].score, $1)
        }
        var right = 0
        var points: [(precision: Double, recall: Double)] = []
        for (rank, detection) in order.map({ detections[$0] }).enumerated() {
            let boxes = free[detection.image] ?? []
            let overlaps = boxes.map { Double($0.iou(detection.box)) }
            if let best = overlaps.indices.max(by: { overlaps[$0] < overlaps[$1] }), overlaps[best] >= overlap
            {
                free[detection.image]!.remove(at: best)
                right += 1
            }
            points.append((Double(right) / Double(rank + 1), Double(right) / Double(objects.count)))
        }
        // At each recall the best precision that is reached at it or beyond.
        for index in points.indices.dropLast().reversed() {
            points[index].precision = max(points[index].precision, points[index + 1].precision)
        }
        let precisions = (0...100).map { step in
            points.first { $0.recall >= Double(step) / 100 }?.precision ?? 0
        }
        return precisions.reduce(0, +) / 101
    }
}
