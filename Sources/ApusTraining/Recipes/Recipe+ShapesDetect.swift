import Apus
import ApusData
import ApusModels
import ApusNN
import ApusOptim

extension Recipe {
    /// A detector in the manner of YOLOv5 with a small HorNet as backbone, on drawn scenes (Rao et al. 2022,
    /// section 4.2).
    ///
    /// `detections.png` in the run's folder shows after each epoch what it finds in scenes it has not learnt
    /// from.
    public static let shapesDetect = Recipe(
        "shapes-detect", "a YOLO detector with a small HorNet, finds shapes in drawn scenes", on: .scenes,
        epochs: 15, batchSize: 8, learningRate: 3e-3, settings: SceneData.settings,
        configure: { $0.clipNorm = 10 },
        model: { settings in
            let classes = SceneShape.allCases.count
            // Squares from the smallest to the largest shape.
            let sizes: [[Double]] = [[13, 17, 22], [26, 30, 34], [38, 44, 52]]
            let model = YOLODetector(
                .init(
                    classes: classes, backbone: .horNet(try smallHorNet(settings)),
                    anchors: sizes.map { $0.map { [$0, $0] } }))
            model.horNet?.drawWide()
            return model
        }
    ) { recipe, configuration in
        let data = try SceneData(configuration)
        return PreparedRun { setup in
            let model = try setup.makeModel() as! YOLODetector
            let loss = YOLOLoss(.init(boxes: 1, objectness: 2, classes: 0.5))
            let objective = Objective { (model: YOLODetector, batch: SceneBatch) in
                let parts = loss(model.levels(batch.images), objects: batch.objects, model.configuration)
                var result = BatchResult(
                    loss: parts.total,
                    values: [
                        ("box_loss", parts.boxes), ("objectness_loss", parts.objectness),
                        ("class_loss", parts.classes),
                    ])
                if !model.isTraining {
                    // All but the surely wrong: precision is measured at every recall.
                    let found = model.detections(batch.images, confidence: 0.01, overlap: 0.6, limit: 100)
                    (result.predictions, result.targets) = (found.rows, batch.objects)
                }
                return result
            }
            let learner = try setup.sceneLearner(model, objective, samples: data.train.count)
            return try setup.trainer(
                learner, train: data.trainBatches, test: data.testBatches,
                metrics: [MeanAveragePrecision(at: [0.5]), MeanAveragePrecision()],
                callbacks: [DetectionSheet(data.shown, of: learner)])
        }
    }

    /// The backbone of the recipes for scenes: a fiftieth of HorNet-T.
    static func smallHorNet(_ settings: [String: Setting]) throws -> HorNet.Configuration {
        let width = try settings.int("width", in: 2...1024)
        if width % 2 != 0 {
            throw TrainingError.badOption("width is \(width); it must be an even number")
        }
        var small = HorNet.Configuration(width: width)
        small.depths = [1, 1, 2, 1]
        // A run of minutes has no time for blocks that begin with next to nothing.
        small.layerScale = 1
        return small
    }
}

extension HorNetBackbone {
    /// Draws weights that keep the variance: with HorNet's own, of a deviation of 0.02, blocks of few
    /// channels add next to nothing, and take epochs to learn.
    func drawWide() {
        for parameter in parameters() where parameter.value.rank > 1 {
            parameter.value = Initializer.lecunNormal(parameter.value.shape)
        }
    }
}

extension RunSetup {
    /// AdamW with a learning rate that comes up in the first twentieth of the run, and goes down along a
    /// cosine.
    func sceneLearner<Model: Module>(
        _ model: Model, _ objective: Objective<Model, SceneBatch>, samples: Int
    ) throws -> SupervisedLearner<Model, SceneBatch> {
        let options = configuration.options
        let steps = options.stepCount(samples: samples)
        let optimizer = try optimizer(model.parameters()) {
            AdamW($0, learningRate: $1, weightDecay: 0.01)
        }
        let schedule = try schedule(
            samples: samples, orElse: .cosine(steps: steps, warmUp: steps / 20))
        return SupervisedLearner(model, objective, optimizer, schedule: schedule, options: options)
    }
}
