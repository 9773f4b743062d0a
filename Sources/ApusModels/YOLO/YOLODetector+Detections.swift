import Apus
import ApusNN

extension YOLODetector {
    /// What there is in pictures [batch, 3, height, width], the surest first; call it in evaluation mode.
    ///
    /// - Parameters:
    ///   - confidence: how sure what is found must be: its objectness times the probability of its class.
    ///   - overlap: the IoU above which two of a class are taken for one.
    ///   - limit: how many of a picture at most.
    public func detections(
        _ x: Tensor, confidence: Double = 0.25, overlap: Double = 0.45, limit: Int = 300
    ) -> [Detection] {
        let found = withoutGradient { forward(x) }
        let (boxes, width) = (found.shape[1], found.shape[2])
        let numbers = found.array(of: Float.self)
        var candidates: [Detection] = []
        for row in 0..<found.shape[0] * boxes {
            let cell = numbers[row * width..<(row + 1) * width]
            let start = cell.startIndex
            if Double(cell[start + 4]) < confidence { continue }
            let label = (5..<width).max { cell[start + $0] < cell[start + $1] }!
            let score = cell[start + 4] * cell[start + label]
            if Double(score) < confidence { continue }
            candidates.append(
                Detection(
                    image: row / boxes, label: label - 5,
                    box: Box(
                        left: cell[start], top: cell[start + 1], right: cell[start + 2],
                        bottom: cell[start + 3]), score: score))
        }
        return candidates.suppressed(overlap: overlap, limit: limit)
    }
}
