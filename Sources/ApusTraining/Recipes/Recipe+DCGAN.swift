import Apus
import ApusData
import ApusFormats
import ApusModels
import ApusNN
import ApusOptim

extension Recipe {
    /// A generator and a discriminator for 28×28 digits (Radford et al. 2016); after each epoch `samples.png` shows what is drawn
    /// from always the same noise.
    ///
    /// The losses of the two tell little of the pictures, so the last checkpoint is the one to use.
    public static let dcgan = Recipe(
        "dcgan", "a generator and a discriminator that draw 28×28 digits", on: .digits, epochs: 20,
        batchSize: 64,
        learningRate: 2e-4,
        settings: ["noise": 64, "channels": 32], takes: [.optimizer],
        model: { settings in
            DCGANGenerator(
                .init(
                    noise: try settings.int("noise", in: 1...10_000),
                    channels: try settings.int("channels", in: 1...1000)))
        }
    ) { recipe, configuration in
        let data = try RunData(configuration.data, of: recipe.source)
        let options = configuration.options
        return PreparedRun(digest: data.digest) { setup in
            let channels = try configuration.settings.int("channels", in: 1...1000)
            let generator = try setup.makeModel() as! DCGANGenerator
            let discriminator = DCGANDiscriminator(channels: channels)
            func adam(_ parameters: [Parameter], _ rate: Double) -> Optimizer {
                Adam(parameters, learningRate: rate, betas: (0.5, 0.999))
            }
            let learner = AdversarialLearner(
                generator, discriminator, try setup.optimizer(generator.parameters(), orElse: adam),
                try setup.optimizer(discriminator.parameters(), orElse: adam))
            return try setup.trainer(
                learner, train: try data.batches(configuration),
                callbacks: [SampleSheet(noise: generator.noise)])
        }
    }
}

/// Two networks against each other (Goodfellow et al. 2014, "Generative adversarial nets"): one draws, the other is to tell what
/// is drawn from what is real.
final class AdversarialLearner: Learner {
    let generator: DCGANGenerator
    let discriminator: DCGANDiscriminator
    private let generatorOptimizer: Optimizer
    private let discriminatorOptimizer: Optimizer

    init(
        _ generator: DCGANGenerator, _ discriminator: DCGANDiscriminator, _ generatorOptimizer: Optimizer,
        _ discriminatorOptimizer: Optimizer
    ) {
        self.generator = generator
        self.discriminator = discriminator
        self.generatorOptimizer = generatorOptimizer
        self.discriminatorOptimizer = discriminatorOptimizer
    }

    var model: Module { generator }

    /// A step of the discriminator for each batch, and one of the generator after it.
    func train(on batches: [LabeledBatch]) throws -> Measurements {
        var means: Measurements = ["loss": 0, "generator_loss": 0]
        for batch in batches {
            // Pixels come from 0 to 1, and are drawn from -1 to 1.
            let real = batch.inputs.reshape([batch.sampleCount, 1, 28, 28]) * 2 - 1
            let drawn = generator(.normal([batch.sampleCount, generator.noise]))
            let loss = try step(
                discriminatorOptimizer,
                (AdversarialLearner.loss(discriminator(real), isReal: true)
                    + AdversarialLearner.loss(discriminator(drawn.detach()), isReal: false)) / 2,
                of: "the discriminator's loss")
            // The generator's gradient goes through the discriminator, whose own is left alone.
            let own = try step(
                generatorOptimizer, AdversarialLearner.loss(discriminator(drawn), isReal: true),
                of: "the generator's loss")
            means["loss"]! += loss / Double(batches.count)
            means["generator_loss"]! += own / Double(batches.count)
        }
        return means
    }

    private static func loss(_ logits: Tensor, isReal: Bool) -> Tensor {
        logits.binaryCrossEntropyWithLogits(isReal ? .ones(like: logits) : .zeros(like: logits))
    }

    private func step(_ optimizer: Optimizer, _ loss: Tensor, of what: String) throws -> Double {
        let value = loss.item(as: Double.self)
        if !value.isFinite { throw NonFiniteLoss(value, of: what) }
        optimizer.zeroGradients()
        loss.backward()
        optimizer.step()
        return value
    }

    func stateDictionary() -> [String: Tensor] {
        var state = discriminator.stateDictionary().prefixed("discriminator.")
        state.merge(generatorOptimizer.stateDictionary().prefixed("generatorOptimizer.")) { $1 }
        state.merge(discriminatorOptimizer.stateDictionary().prefixed("discriminatorOptimizer.")) { $1 }
        return state
    }

    func load(_ state: [String: Tensor]) throws {
        try state.check(parts: ["discriminator.", "generatorOptimizer.", "discriminatorOptimizer."])
        try discriminator.load(state.part("discriminator."))
        try generatorOptimizer.load(state.part("generatorOptimizer."))
        try discriminatorOptimizer.load(state.part("discriminatorOptimizer."))
    }
}

/// Draws a hundred images from always the same noise after each evaluation: `samples.png`.
final class SampleSheet: Callback {
    private let noise: Tensor

    init(noise: Int) { self.noise = .normal([100, noise], using: RandomGenerator(seed: 0)) }

    func evaluated(_ record: MetricsRecord, isBest: Bool, of run: any TrainingRun) throws {
        guard let folder = run.folder, let generator = run.model as? DCGANGenerator else { return }
        let images = generator.withEvaluationMode { withInferenceMode { generator(noise) } }
        let pixels = images.array(of: Float.self).map { UInt8(($0 + 1) / 2 * 255 + 0.5) }
        let sheet = Image.contactSheet(tiles: pixels, width: 28, height: 28, columns: 10)
        try PNG.write(sheet, to: "\(folder.path)/samples.png")
    }
}
