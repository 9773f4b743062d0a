import Apus
import ApusData
import ApusModels
import ApusNN
import ApusOptim

extension Recipe {
    /// Trains a model of the catalogue on pictures in folders, from drawn weights or from those of a file.
    public static let imageFolder = Recipe(
        "image-folder", "any model of `apus models` for pictures, on a folder of pictures by class",
        on: .pictures,
        epochs: 30, batchSize: 32, learningRate: 1e-3, settings: ImageFolderSettings.defaults,
        isClassifier: true, takes: [.optimizer, .schedule, .metrics, .augment], targets: .classes,
        model: { try ImageFolderSettings($0).makeModel() }
    ) { recipe, configuration in
        let settings = try ImageFolderSettings(configuration.settings)
        let data = try ImageFolderData(configuration.data, validation: settings.validation)
        let batches = try data.batches(configuration, settings)
        return PreparedRun(
            digest: data.digest, contents: { data.contents },
            found: ["classes": .list(data.classes.map(Setting.text))]
        ) { setup in
            if setup.ranks.areSeveral && settings.mixing.isMixing {
                throw TrainingError.badOption(
                    "mixup and cutmix take one process: they mix samples of the whole batch")
            }
            func start<Model: Layer>(_ model: Model) throws -> any TrainingRun {
                if let depth = settings.stochasticDepth { try model.setStochasticDepth(depth) }
                try model.freeze(settings.freeze)
                model.followStatistics()
                let options = configuration.options
                let groups = model.parameterGroups(
                    input: settings.input, learningRate: configuration.learningRate,
                    layerDecay: settings.layerDecay)
                let steps = options.stepCount(samples: batches.sampleCount)
                let learner = SupervisedLearner(
                    model, objective(of: Model.self, settings, classes: data.classes.count),
                    try setup.optimizer(groups) { AdamW($0, learningRate: $1, weightDecay: 0.05) },
                    schedule: try setup.schedule(
                        samples: batches.sampleCount, orElse: .cosine(steps: steps, warmUp: steps / 20)),
                    options: options)
                let top5: [any Metric] = data.classes.count > 5 ? [Accuracy(top: 5)] : []
                return try setup.trainer(
                    learner, train: batches,
                    test: data.testSamples(configuration.data ?? "", settings).batches,
                    metrics: try setup.metrics(orElse: [Accuracy()] + top5))
            }
            // A run that goes on has its weights in its checkpoint, other processes have the first one's.
            guard let weights = settings.weights, setup.ranks.isFirst, setup.session?.hasCheckpoint != true
            else {
                return try start(setup.makeModel())
            }
            return try start(settings.model.model(weights: weights, classes: data.classes.count))
        }
    }

    /// Cross-entropy: in training of smoothed labels and of mixed samples.
    private static func objective<Model: Layer>(
        of _: Model.Type, _ settings: ImageFolderSettings, classes: Int
    ) -> Objective<Model, LabeledBatch> {
        Objective { model, batch in
            guard model.isTraining else {
                return try Objective.classification(model, batch)
            }
            let mixed = settings.mixing(batch, classes: classes)
            let logits = model(mixed?.inputs ?? batch.inputs)
            let loss = logits.softmaxCrossEntropy(
                mixed?.targets ?? batch.labels, labelSmoothing: settings.labelSmoothing)
            return BatchResult(loss: loss, predictions: logits, targets: batch.labels)
        }
    }
}
