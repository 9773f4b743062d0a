import Apus

/// What is found, or is to be found, in one of several pictures.
///
/// As rows of a tensor: picture, class, left, top, right, bottom, and the score for what is found.
public struct Detection: Sendable, Equatable {
    /// The number of the picture.
    public var image: Int
    /// The number of the class.
    public var label: Int
    /// Where it is, in pixels.
    public var box: Box
    /// How sure that is, 0 to 1.
    public var score: Float

    /// What is there for sure has a score of 1.
    public init(image: Int, label: Int, box: Box, score: Float = 1) {
        (self.image, self.label, self.box, self.score) = (image, label, box, score)
    }

    /// Those of the rows of a tensor, [detections, 6] without scores or [detections, 7] with them.
    public static func list(_ rows: Tensor) -> [Detection] {
        if rows.rank != 2 || ![6, 7].contains(rows.shape[1]) {
            fail("Detection", "a tensor of shape \(rows.shape): [detections, 6] or [detections, 7] is wanted")
        }
        let (numbers, width) = (rows.array(of: Float.self), rows.shape[1])
        return stride(from: 0, to: numbers.count, by: width).map { i in
            Detection(
                image: Int(numbers[i]), label: Int(numbers[i + 1]),
                box: Box(
                    left: numbers[i + 2], top: numbers[i + 3], right: numbers[i + 4], bottom: numbers[i + 5]),
                score: width == 7 ? numbers[i + 6] : 1)
        }
    }
}

extension [Detection] {
    /// float32 [detections, 7]: picture, class, left, top, right, bottom, score.
    public var rows: Tensor {
        let numbers = flatMap { found -> [Float] in
            let box = found.box
            return [
                Float(found.image), Float(found.label), box.left, box.top, box.right, box.bottom, found.score,
            ]
        }
        return Tensor(numbers, shape: [count, 7])
    }

    /// Those that no surer one of the same class in the same picture overlaps by more than `overlap`, the
    /// surest first: non-maximum suppression.
    ///
    /// - Parameters:
    ///   - overlap: the IoU above which two are taken for one, 0 to 1.
    ///   - limit: how many of a picture stay at most.
    public func suppressed(overlap: Double = 0.6, limit: Int = 300) -> [Detection] {
        let groups = Dictionary(grouping: indices) { Key(image: self[$0].image, label: self[$0].label) }
        let kept = groups.values.flatMap { group in
            nonMaximumSuppression(
                group.map { self[$0].box }, scores: group.map { self[$0].score }, threshold: Float(overlap)
            ).map { group[$0] }
        }
        var counts: [Int: Int] = [:]
        // Of equal scores the earlier one counts as surer.
        return kept.sorted { (self[$1].score, $0) < (self[$0].score, $1) }.map { self[$0] }.filter { found in
            counts[found.image, default: 0] += 1
            return counts[found.image]! <= limit
        }
    }

    private struct Key: Hashable {
        let image: Int
        let label: Int
    }
}
