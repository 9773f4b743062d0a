import Apus
import ApusFormats
import ApusNN

/// Finds faces in pictures (Zhang et al. 2016, "Joint Face Detection and Alignment using Multitask Cascaded
/// Convolutional Networks"): one network after the other looks at what the one before took for a face.
///
/// ```swift
/// let detector = try MTCNN(weights: "facenet_pytorch/data")
/// for face in detector.faces(in: try Image.read("people.jpg")) { print(face.box, face.probability) }
/// ```
public final class MTCNN: Module {
    /// A face, where it is in its picture, and how sure that is.
    public struct Face: Sendable, Equatable {
        /// In pixels.
        public let box: Box
        /// 0 to 1.
        public let probability: Float
        /// The left and the right eye, the nose, the left and the right corner of the mouth, as they are in the
        /// picture: x to the right and y downwards, in pixels.
        public let points: [SIMD2<Float>]
    }

    /// Which faces are looked for, and how.
    public struct Settings: Sendable, Equatable {
        /// Width and height of the smallest face, in pixels.
        public var smallest: Double
        /// How sure each of the three networks must be.
        public var thresholds: [Float]
        /// From one size of faces to the next: how many times smaller the picture is made, 0 to 1.
        public var factor: Double

        /// As the authors have them, unless others are given.
        public init(smallest: Double = 20, thresholds: [Float] = [0.6, 0.7, 0.7], factor: Double = 0.709) {
            if !(smallest >= 1 && smallest.isFinite && factor > 0 && factor < 1) || thresholds.count != 3 {
                fail(
                    "MTCNN",
                    "faces from \(smallest) pixels on, a factor of \(factor) and thresholds \(thresholds): a size of at "
                        + "least 1, a factor between 0 and 1, and three thresholds are wanted")
            }
            (self.smallest, self.thresholds, self.factor) = (smallest, thresholds, factor)
        }
    }

    /// Looks at every place of the picture in many sizes.
    public let pnet: PNet
    /// Looks at what the first took for a face.
    public let rnet: RNet
    /// Looks at what the second took for a face.
    public let onet: ONet

    /// The networks with drawn weights.
    public init(using generator: RandomGenerator = .default) {
        (pnet, rnet, onet) = (PNet(using: generator), RNet(using: generator), ONet(using: generator))
    }

    /// The networks with published weights.
    ///
    /// - Parameter folder: with `pnet.pt`, `rnet.pt` and `onet.pt`, as the package facenet_pytorch has them.
    /// - Throws: `FileError`, and `StateMismatch` for weights of something else.
    public convenience init(weights folder: String) throws {
        self.init()
        try pnet.load("\(folder)/pnet.pt")
        try rnet.load("\(folder)/rnet.pt")
        try onet.load("\(folder)/onet.pt")
    }

    /// The faces in a picture, the surest first.
    public func faces(in image: Image, _ settings: Settings = Settings()) -> [Face] {
        withoutGradient {
            let picture = FacePicture(image)
            let first = proposals(in: picture, settings)
            let second = refined(first, in: picture, threshold: settings.thresholds[1])
            return decided(second, in: picture, threshold: settings.thresholds[2])
        }
    }

    /// What the first network takes for faces, as squares.
    private func proposals(in picture: FacePicture, _ settings: Settings) -> [Box] {
        var (boxes, scores, changes): ([Box], [Float], [Box]) = ([], [], [])
        for scale in scales(of: picture, settings) {
            let (probabilities, edges) = pnet(picture.scaled(scale))
            let columns = probabilities.shape[3]
            let shares = probabilities[0, 1].flatten().array(of: Float.self)
            let found = shares.indices.filter { shares[$0] >= settings.thresholds[0] }
            if found.isEmpty { continue }
            // A window of 12 pixels begins at every second one.
            let windows = found.map { place in
                let (x, y, scale) = (Float(2 * (place % columns)), Float(2 * (place / columns)), Float(scale))
                return Box(
                    left: ((x + 1) / scale).rounded(.down), top: ((y + 1) / scale).rounded(.down),
                    right: ((x + 12) / scale).rounded(.down), bottom: ((y + 12) / scale).rounded(.down))
            }
            let moves = edges[0].flatten(from: 1).transpose().indexSelect(axis: 0, index: Tensor(found))
            let kept = nonMaximumSuppression(windows, scores: found.map { shares[$0] }, threshold: 0.5)
            let list = Box.list(moves)
            boxes += kept.map { windows[$0] }
            scores += kept.map { shares[found[$0]] }
            changes += kept.map { list[$0] }
        }
        return nonMaximumSuppression(boxes, scores: scores, threshold: 0.7)
            .map { boxes[$0].moved(by: changes[$0], margin: 0).square }
    }

    /// By how much the picture is scaled so that faces of one size after the other have 12 pixels.
    private func scales(of picture: FacePicture, _ settings: Settings) -> [Double] {
        let first = 12 / settings.smallest
        let side = Double(min(picture.width, picture.height))
        return Array(sequence(first: first) { $0 * settings.factor }.prefix { side * $0 >= 12 })
    }

    private func refined(_ boxes: [Box], in picture: FacePicture, threshold: Float) -> [Box] {
        let (boxes, x) = picture.parts(boxes, extent: 24)
        if boxes.isEmpty { return [] }
        let (probabilities, edges) = rnet(x)
        let (shares, moves) = (probabilities[0..., 1].array(of: Float.self), Box.list(edges))
        let sure = boxes.indices.filter { shares[$0] > threshold }
        let kept = nonMaximumSuppression(
            sure.map { boxes[$0] }, scores: sure.map { shares[$0] }, threshold: 0.7)
        return kept.map { boxes[sure[$0]].moved(by: moves[sure[$0]], margin: 1).square }
    }

    private func decided(_ boxes: [Box], in picture: FacePicture, threshold: Float) -> [Face] {
        let (boxes, x) = picture.parts(boxes, extent: 48)
        if boxes.isEmpty { return [] }
        let (probabilities, edges, points) = onet(x)
        let (shares, moves) = (probabilities[0..., 1].array(of: Float.self), Box.list(edges))
        let places = points.array(of: Float.self)
        let faces = boxes.indices.filter { shares[$0] > threshold }.map { index in
            let box = boxes[index]
            return Face(
                box: box.moved(by: moves[index], margin: 1), probability: shares[index],
                points: (0..<5).map {
                    let (x, y) = (places[10 * index + $0], places[10 * index + 5 + $0])
                    return SIMD2(
                        (box.right - box.left + 1) * x + box.left - 1,
                        (box.bottom - box.top + 1) * y + box.top - 1)
                })
        }
        // Of a face within another one stays.
        let kept = nonMaximumSuppression(
            faces.map(\.box), scores: faces.map(\.probability), threshold: 0.7
        ) { $0.sharedPart($1) }
        return kept.map { faces[$0] }
    }
}
