import Apus
import ApusData
import ApusFormats
import ApusModels
import ApusNN
import ApusOptim
import ApusText
import Foundation

extension Recipe {
    /// A small language model that reads a text byte by byte and learns to tell the next one.
    ///
    /// `--model` names what mixes the positions, a `SequenceMixer`. `--data` names a text file; the last twentieth of it is the
    /// test. `sample.txt` in the run's folder has, after each epoch, what the model writes by itself, and `apus generate` goes on with a
    /// prompt. `test_bits_per_character` is the mean of -log₂ of the probabilities of the text's bytes.
    public static let charLM = Recipe(
        "char-lm", "a language model of bytes, with attention, state spaces or a linear recurrence",
        on: .stories, epochs: 5, batchSize: 32, learningRate: 2e-3,
        settings: [
            "model": "attention", "channels": 128, "layers": 4, "heads": 4, "context": 128, "dropout": 0.0,
            "characters": 1_000_000,
        ],
        configure: { $0.clipNorm = 1 },
        model: { LanguageModel(try .ofBytes($0)) }
    ) { recipe, configuration in
        let text = try TextWindows(configuration)
        let options = configuration.options
        return PreparedRun(digest: text.digest) { setup in
            let model = try setup.makeModel() as! LanguageModel
            let learner = SupervisedLearner(
                model, .nextToken,
                try setup.optimizer(model.parameters(), orElse: { Adam($0, learningRate: $1) }),
                schedule: try setup.schedule(
                    samples: text.train.count,
                    orElse: .cosine(steps: options.stepCount(samples: text.train.count))),
                options: options)
            return try setup.trainer(
                learner,
                train: BatchSource(
                    DataLoader(text.train, batchSize: options.batchSize, seed: options.seed)),
                test: BatchSource(DataLoader(text.test, batchSize: 64, sampler: .sequential)),
                metrics: [BitsPerCharacter()], callbacks: [TextSample(learner)])
        }
    }
}

extension LanguageModel.Configuration {
    /// That of a model of bytes, from a recipe's settings.
    static func ofBytes(_ settings: [String: Setting]) throws -> LanguageModel.Configuration {
        let name = settings["model"]?.asText ?? ""
        let mixer = try SequenceMixer.allCases.entry(name, "model", \.rawValue)
        let configuration = LanguageModel.Configuration(
            vocabulary: 256, channels: try settings.int("channels", in: 1...65_536),
            layers: try settings.int("layers", in: 1...1000), mixer: mixer,
            heads: try settings.int("heads", in: 1...1024),
            context: mixer.seesContext ? try settings.int("context", in: 1...1_000_000) : nil,
            dropout: try settings.number("dropout", in: 0...0.99))
        if let reason = configuration.fault { throw TrainingError.badOption(reason) }
        return configuration
    }
}

extension Objective where Model == LanguageModel, Batch == ExampleBatch<Tensor, Tensor> {
    /// The mean of -ln of the probability that the model gives each next token.
    static var nextToken: Self {
        Objective { model, batch in
            let logits = model(batch.inputs)
            return BatchResult(
                loss: logits.softmaxCrossEntropy(batch.targets, axis: -1))
        }
    }
}

/// A text as pieces of equal length, and for each what comes after its bytes.
struct TextWindows {
    let train: TensorDataset<Example<Tensor, Tensor>>
    /// The last twentieth.
    let test: TensorDataset<Example<Tensor, Tensor>>
    /// Tells the text from others; nil for the program's own.
    let digest: String?

    init(_ configuration: RunConfiguration) throws {
        let settings = configuration.settings
        let length = try settings.int("context", in: 1...1_000_000)
        let text: String
        if let path = configuration.data {
            text = try TextFile.read(path, limit: TextFile.defaultLimit)
            digest = textDigest(text.utf8)
        } else {
            text = MadeUpStories.text(try settings.int("characters", in: 10_000...1_000_000_000))
            digest = nil
        }
        let bytes = Array(text.utf8)
        let count = (bytes.count - 1) / length
        let tests = max(1, count / 20)
        if count < 2 {
            throw FileError(
                path: configuration.data ?? "the text", .unexpected,
                "expected more than \(2 * length) bytes, two pieces of the context, found \(bytes.count)")
        }
        func windows(_ range: Range<Int>) -> TensorDataset<Example<Tensor, Tensor>> {
            func tokens(_ shift: Int) -> Tensor {
                let part = bytes[(range.lowerBound * length + shift)..<(range.upperBound * length + shift)]
                return Tensor(part.map(Int.init), shape: [range.count, length])
            }
            return TensorDataset(inputs: tokens(0), targets: tokens(1))
        }
        (train, test) = (windows(0..<(count - tests)), windows((count - tests)..<count))
    }
}

/// The mean of -log₂ of the probabilities of a text's characters, from a loss that is the mean of -ln of them.
struct BitsPerCharacter: Metric {
    let name = "bits_per_character"
    let isHigherBetter = false
    private var (sum, count) = (0.0, 0)

    var value: Double { count == 0 ? .nan : sum / Double(count) / log(2) }

    mutating func update(_ result: BatchResult, samples: Int) {
        sum += result.loss.item(as: Double.self) * Double(samples)
        count += samples
    }

    mutating func reset() { (sum, count) = (0, 0) }
}

/// Writes what the model says by itself after each evaluation: `sample.txt`.
final class TextSample: Callback {
    private let learner: SupervisedLearner<LanguageModel, ExampleBatch<Tensor, Tensor>>

    init(_ learner: SupervisedLearner<LanguageModel, ExampleBatch<Tensor, Tensor>>) { self.learner = learner }

    func evaluated(_ record: MetricsRecord, isBest: Bool, of run: any TrainingRun) throws {
        guard let folder = run.folder else { return }
        let tokens = try learner.withEvaluatedWeights {
            var stream = try learner.trained.generate(
                [10], count: 500, sampling: Sampling(temperature: 0.8), using: RandomGenerator(seed: 0))
            return try stream.rest()
        }
        let text = String(decoding: tokens.map(UInt8.init), as: UTF8.self)
        try AtomicFile.write(text + "\n", to: "\(folder.path)/sample.txt")
    }
}
