import Apus
import ApusData
import ApusModels
import ApusNN
import ApusOptim

extension Recipe {
    /// A small HorNet with the head of UperNet, fused by a gⁿConv (HorFPN; Rao et al. 2022, section 4.2), on
    /// drawn scenes: says of which class each pixel is.
    ///
    /// `masks.png` in the run's folder shows after each epoch what it says of scenes it has not learnt from.
    public static let shapesSegment = Recipe(
        "shapes-segment", "a small HorNet with a HorFPN head, tells the class of each pixel of drawn scenes",
        on: .scenes, epochs: 24, batchSize: 8, learningRate: 3e-3, settings: SceneData.settings,
        configure: { $0.clipNorm = 10 },
        model: { settings in
            let backbone = try smallHorNet(settings)
            let head = UperHead.Configuration(
                width: 2 * backbone.width, classes: SceneShape.allCases.count + 1,
                fusion: .gated(.depthwise(kernel: 7)))
            let model = UperNet(.init(backbone: backbone, head: head))
            model.backbone.drawWide()
            return model
        }
    ) { recipe, configuration in
        let data = try SceneData(configuration)
        return PreparedRun { setup in
            let model = try setup.makeModel() as! UperNet
            let objective = Objective { (model: UperNet, batch: SceneBatch) in
                let logits = model(batch.images)
                return BatchResult(
                    loss: logits.softmaxCrossEntropy(batch.masks), predictions: logits, targets: batch.masks)
            }
            let learner = try setup.sceneLearner(model, objective, samples: data.train.count)
            return try setup.trainer(
                learner, train: data.trainBatches, test: data.testBatches, metrics: [MeanIoU()],
                callbacks: [MaskSheet(data.shown, of: learner)])
        }
    }
}
