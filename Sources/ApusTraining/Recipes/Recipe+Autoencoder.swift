import Apus
import ApusData
import ApusFormats
import ApusModels
import ApusNN
import ApusOptim

extension Recipe {
    /// A denoising autoencoder: restores digits under noise (Vincent et al. 2008).
    ///
    /// A digit must go through a code of 64 numbers, which has room for what is common to digits, but none for noise.
    /// `digits.png` in the run's folder shows after each epoch what it makes of ten digits it has not learnt from.
    public static let autoencoder = Recipe(
        "autoencoder", "a denoising autoencoder, 784-256-64-256-784, restores noisy 28×28 digits",
        on: .digits,
        epochs: 10, batchSize: 128, learningRate: 1e-3, settings: ["noise": 0.5],
        takes: [.optimizer, .schedule, .loss, .metrics, .initializer], targets: .numbers,
        model: { _ in Autoencoder(.mnist) }
    ) { recipe, configuration in
        let noise = configuration.settings["noise"]?.asNumber ?? 0
        if !(noise >= 0) || !noise.isFinite {
            throw TrainingError.badOption("autoencoder: noise is \(noise); it must be at least 0")
        }
        let data = try RunData(configuration.data, of: recipe.source)
        return PreparedRun(digest: data.digest) { setup in
            let model = try setup.makeModel() as! Autoencoder
            let loss = try setup.configuration.loss(for: recipe)
            let objective = Objective { (model: Autoencoder, batch: LabeledBatch) in
                let clean = batch.inputs.flatten(from: 1, to: -1)
                // In training the noise is another in each step: it is drawn from the run's generator, whose state a checkpoint
                // has. In evaluation it is always the same, so that one epoch can be compared with the next.
                let random = model.isTraining ? RandomGenerator.default : RandomGenerator(seed: 1)
                let restored = model(clean.noisy(noise, using: random))
                let pixels = restored.sigmoid()
                return BatchResult(
                    loss: loss.map { $0(pixels, clean) } ?? restored.binaryCrossEntropyWithLogits(clean),
                    predictions: pixels, targets: clean)
            }
            let learner = SupervisedLearner(
                model, objective,
                try setup.optimizer(model.parameters()) { Adam($0, learningRate: $1) },
                schedule: try setup.schedule(samples: data.train.count), options: configuration.options)
            let digits = data.test.batch(Array(0..<min(10, data.test.count))[...]).inputs
            return try setup.trainer(
                learner, train: try data.batches(configuration), test: data.testBatches,
                metrics: try setup.metrics(orElse: [MeanSquaredError()]),
                callbacks: [RestoredDigits(digits.flatten(from: 1, to: -1), noise, by: model)])
        }
    }
}

extension Tensor {
    /// The same pixels with normally distributed noise of this standard deviation, where that leaves them in 0...1.
    fileprivate func noisy(_ noise: Double, using random: RandomGenerator) -> Tensor {
        let noise = withBatchRows(.axis(0)) { Tensor.normal(shape, std: noise, using: random) }
        return (self + noise).clamp(min: 0, max: 1)
    }
}

/// Writes `digits.png` after each evaluation: a row of noisy digits, one of what is made of them, and one of what they were.
private final class RestoredDigits: Callback {
    private let clean: Tensor
    private let noise: Double
    private let model: Autoencoder

    init(_ clean: Tensor, _ noise: Double, by model: Autoencoder) {
        self.clean = clean
        self.noise = noise
        self.model = model
    }

    func evaluated(_ record: MetricsRecord, isBest: Bool, of run: any TrainingRun) throws {
        guard let folder = run.folder else { return }
        let noisy = clean.noisy(noise, using: RandomGenerator(seed: 1))
        let restored = withInferenceMode { model(noisy).sigmoid() }
        let tiles = Tensor.cat([noisy, restored, clean]) * 255
        let sheet = Image.contactSheet(
            tiles: tiles.array(of: Float.self).map { UInt8($0.rounded()) }, width: 28, height: 28,
            columns: clean.shape[0])
        try PNG.write(sheet, to: "\(folder.path)/digits.png")
    }
}
