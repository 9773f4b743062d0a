import Apus

/// The numbers of those boxes that no better one overlaps by more than `threshold`, the best first: of several boxes
/// around the same thing the one with the highest score.
///
/// - Parameters:
///   - scores: of each box. Of equal ones the earlier box counts as better.
///   - threshold: the overlap above which two boxes are taken for one.
///   - overlap: of two boxes; by default the IoU.
func nonMaximumSuppression(
    _ boxes: [Box], scores: [Float], threshold: Float, overlap: (Box, Box) -> Float = { $0.iou($1) }
) -> [Int] {
    if boxes.count != scores.count {
        fail("nonMaximumSuppression", "\(boxes.count) boxes and \(scores.count) scores: as many are wanted")
    }
    var kept: [Int] = []
    for index in boxes.indices.sorted(by: { (scores[$1], $0) < (scores[$0], $1) }) {
        // NaN, of empty boxes, overlaps nothing.
        if !kept.contains(where: { overlap(boxes[$0], boxes[index]) > threshold }) { kept.append(index) }
    }
    return kept
}
