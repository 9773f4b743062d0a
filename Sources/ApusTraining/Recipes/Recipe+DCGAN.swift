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
    /// The losses of the two tell little of the pictures. So after each epoch a classifier that has learnt the real digits reads
    /// ten thousand drawn ones: `least_digit_share` is the share of the digit that it sees least often, and the best
    /// checkpoint is the one with the highest `inception_score`.
    public static let dcgan = Recipe(
        "dcgan", "a generator and a discriminator that draw 28×28 digits", on: .digits, epochs: 20,
        batchSize: 64, learningRate: 2e-4, settings: ["noise": 64, "channels": 32],
        takes: [.optimizer],
        configure: {
            $0.averageDecay = 0.999
            $0.monitor = "inception_score"
        },
        model: { settings in
            DCGANGenerator(
                .init(
                    noise: try settings.int("noise", in: 1...10_000),
                    channels: try settings.int("channels", in: 1...1000)))
        }
    ) { recipe, configuration in
        try configuration.refuse("clip_norm")
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
                try setup.optimizer(discriminator.parameters(), orElse: adam), real: data.train,
                averageDecay: options.averageDecay)
            return try setup.trainer(
                learner, train: try data.batches(configuration), callbacks: [SampleSheet(of: learner)])
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
    /// Of the generator's weights, which never come to rest: the mean of the latest draws better than any of them.
    private let average: ExponentialMovingAverage?
    private let real: LabeledSamples
    /// What looks at the drawn digits; it learns to at the first evaluation.
    private lazy var reader = Result { [real] in try DigitReader(of: real) }

    init(
        _ generator: DCGANGenerator, _ discriminator: DCGANDiscriminator, _ generatorOptimizer: Optimizer,
        _ discriminatorOptimizer: Optimizer, real: LabeledSamples, averageDecay: Double?
    ) {
        self.generator = generator
        self.discriminator = discriminator
        self.generatorOptimizer = generatorOptimizer
        self.discriminatorOptimizer = discriminatorOptimizer
        self.real = real
        average = averageDecay.map {
            ExponentialMovingAverage(of: generator, decay: $0, warmsUp: true, averagesBuffers: true)
        }
    }

    var model: Module { generator }

    /// A step of the discriminator for each batch, and one of the generator after it.
    func train(on batches: [LabeledBatch]) throws -> Measurements {
        var means: Measurements = ["loss": 0, "generator_loss": 0]
        for batch in batches {
            // Pixels come from 0 to 1, and are drawn from -1 to 1.
            let real = batch.inputs.reshape([batch.sampleCount, 1, 28, 28]) * 2 - 1
            let noise = withBatchRows(.axis(0)) { Tensor.normal([batch.sampleCount, generator.noise]) }
            let drawn = generator(noise)
            let loss = try step(
                discriminatorOptimizer,
                (AdversarialLearner.loss(discriminator(real), isReal: true)
                    + AdversarialLearner.loss(discriminator(drawn.detach()), isReal: false)) / 2,
                of: "the discriminator's loss")
            // The generator's gradient goes through the discriminator, whose own is left alone.
            let own = try step(
                generatorOptimizer, AdversarialLearner.loss(discriminator(drawn), isReal: true),
                of: "the generator's loss")
            average?.update()
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

    /// What is drawn from noise [count, numbers], with the averaged weights: pixels from 0 to 1.
    func draw(_ noise: Tensor) -> Tensor {
        withEvaluatedWeights {
            generator.withEvaluationMode { withInferenceMode { (generator(noise) + 1) / 2 } }
        }
    }

    func withEvaluatedWeights<R>(_ body: () throws -> R) rethrows -> R {
        guard let average, average.updateCount > 0 else { return try body() }
        return try withAveragedWeights(of: average, body)
    }

    /// Looks at ten thousand images, drawn from always the same noise.
    func evaluated(_ record: MetricsRecord) throws -> Measurements {
        let random = RandomGenerator(seed: 1)
        let images = (0..<10).lazy.map { _ in self.draw(.normal([1000, self.generator.noise], using: random))
        }
        return try reader.get().measure(images)
    }

    func stateDictionary() -> [String: Tensor] {
        var state = discriminator.stateDictionary().prefixed("discriminator.")
        state.merge(generatorOptimizer.stateDictionary().prefixed("generatorOptimizer.")) { $1 }
        state.merge(discriminatorOptimizer.stateDictionary().prefixed("discriminatorOptimizer.")) { $1 }
        if let average { state.merge(average.stateDictionary().prefixed("average.")) { $1 } }
        return state
    }

    func load(_ state: [String: Tensor]) throws {
        let parts = ["discriminator.", "generatorOptimizer.", "discriminatorOptimizer."]
        try state.check(parts: parts + (average == nil ? [] : ["average."]))
        try discriminator.load(state.part("discriminator."))
        try generatorOptimizer.load(state.part("generatorOptimizer."))
        try discriminatorOptimizer.load(state.part("discriminatorOptimizer."))
        try average?.load(state.part("average."))
    }
}

/// Shows a hundred digits, drawn from always the same noise, after each evaluation: `samples.png`.
final class SampleSheet: Callback {
    private let learner: AdversarialLearner

    init(of learner: AdversarialLearner) { self.learner = learner }

    func evaluated(_ record: MetricsRecord, isBest: Bool, of run: any TrainingRun) throws {
        guard let folder = run.folder else { return }
        let noise = Tensor.normal([100, learner.generator.noise], using: RandomGenerator(seed: 0))
        let pixels = (learner.draw(noise) * 255).array(of: Float.self).map { UInt8($0.rounded()) }
        let sheet = Image.contactSheet(tiles: pixels, width: 28, height: 28, columns: 10)
        try PNG.write(sheet, to: "\(folder.path)/samples.png")
    }
}
