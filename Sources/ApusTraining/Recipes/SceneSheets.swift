import Apus
import ApusData
import ApusFormats
import ApusModels
import ApusNN

/// Writes `detections.png` after each evaluation: scenes of the test with the boxes, names and scores of what
/// was found.
final class DetectionSheet: Callback {
    private let scenes: [Scene]
    private let model: YOLODetector
    private let learner: SupervisedLearner<YOLODetector, SceneBatch>

    init(_ scenes: [Scene], of learner: SupervisedLearner<YOLODetector, SceneBatch>) {
        (self.scenes, self.learner, model) = (scenes, learner, learner.trained)
    }

    func evaluated(_ record: MetricsRecord, isBest: Bool, of run: any TrainingRun) throws {
        guard let folder = run.folder else { return }
        let images = try Scene.collate(scenes).images
        let found = learner.withEvaluatedWeights {
            model.withEvaluationMode { withInferenceMode { model.detections(images) } }
        }
        let (scale, side, columns) = (3, 3 * scenes[0].image.width + 4, 4)
        var sheet = PictureSheet(
            width: columns * side, height: (scenes.count + columns - 1) / columns * side)
        for (index, scene) in scenes.enumerated() {
            let (x, y) = (index % columns * side, index / columns * side)
            sheet.put(scene.image, x: x, y: y, scale: scale)
            for detection in found where detection.image == index {
                let box = detection.box
                func edges(_ low: Float, _ high: Float, from start: Int) -> Range<Int> {
                    let most = Float(scene.image.width)
                    let (low, high) = (min(max(low, 0), most - 1), min(max(high, 1), most))
                    let first = start + Int(low * Float(scale))
                    return first..<max(start + Int(high * Float(scale)), first + 2)
                }
                let color = SceneColors.all[detection.label + 1]
                let (across, down) = (
                    edges(box.left, box.right, from: x), edges(box.top, box.bottom, from: y)
                )
                sheet.outline(x: across, y: down, color)
                let name = SceneShape.allCases[detection.label].name
                let score = Int((detection.score * 100).rounded())
                sheet.write(
                    "\(name) \(score)", x: across.lowerBound, y: max(down.lowerBound - 14, y), .zero,
                    on: color)
            }
        }
        try PNG.write(sheet.image, to: "\(folder.path)/detections.png")
    }
}

/// Writes `masks.png` after each evaluation: scenes of the test, under each the true classes of its pixels
/// and those that the model says, and a legend.
final class MaskSheet: Callback {
    private let scenes: [Scene]
    private let learner: SupervisedLearner<UperNet, SceneBatch>

    init(_ scenes: [Scene], of learner: SupervisedLearner<UperNet, SceneBatch>) {
        (self.scenes, self.learner) = (scenes, learner)
    }

    func evaluated(_ record: MetricsRecord, isBest: Bool, of run: any TrainingRun) throws {
        guard let folder = run.folder else { return }
        let model = learner.trained
        let images = try Scene.collate(scenes).images
        let classes = learner.withEvaluatedWeights {
            model.withEvaluationMode { withInferenceMode { model(images).argmax(axis: 1) } }
        }.array(of: UInt8.self)
        let (scale, side) = (2, 2 * scenes[0].image.width + 4)
        var sheet = PictureSheet(width: max(scenes.count, 3) * side, height: 3 * side + 18)
        let pixels = scenes[0].mask.count
        for (index, scene) in scenes.enumerated() {
            let said = classes[index * pixels..<(index + 1) * pixels]
            sheet.put(scene.image, x: index * side, y: 0, scale: scale)
            sheet.put(colored(scene.mask[...], like: scene.image), x: index * side, y: side, scale: scale)
            sheet.put(colored(said, like: scene.image), x: index * side, y: 2 * side, scale: scale)
        }
        var x = 2
        for (index, name) in (["ground"] + SceneShape.allCases.map(\.name)).enumerated() {
            x = 6 + sheet.write(name, x: x, y: 3 * side + 2, .zero, on: SceneColors.all[index])
        }
        try PNG.write(sheet.image, to: "\(folder.path)/masks.png")
    }

    private func colored(_ classes: ArraySlice<UInt8>, like image: Image) -> Image {
        let pixels = classes.flatMap { number -> [UInt8] in
            let color = SceneColors.all[Int(number)]
            return [color.x, color.y, color.z]
        }
        return Image(width: image.width, height: image.height, format: .rgb, pixels: pixels)
    }
}

/// How the ground and the classes of scenes are shown.
enum SceneColors {
    /// Colors that people with any color vision tell apart (Okabe & Ito 2008).
    static let all: [PictureSheet.Color] = [
        [110, 110, 110], [230, 159, 0], [86, 180, 233], [0, 158, 115], [240, 228, 66], [213, 94, 0],
    ]
}
