import Apus
import ApusData
import ApusFormats
import ApusModels
import ApusNN
import ApusOptim
import Foundation

extension Recipe {
    /// Skip-gram with negative sampling (Mikolov et al. 2013): words that stand among the same words get similar vectors.
    ///
    /// `--data` names a text file; a line is a sentence. `neighbours.txt` in the run's folder has the nearest of the most
    /// frequent words. Of the program's own text it is known which words belong together: `test_precision_at_5` is the share
    /// of those among the five nearest.
    public static let word2vec = Recipe(
        "word2vec", "vectors of words by skip-gram with negative sampling", on: .text, epochs: 5,
        batchSize: 256,
        learningRate: 2e-3,
        settings: ["features": 64, "vocabulary": 1000, "window": 2, "noise": 5, "sentences": 20_000],
        model: { settings in
            SkipGram(
                vocabulary: try settings.int("vocabulary", in: 2...1_000_000),
                features: try settings.int("features", in: 1...10_000))
        }
    ) { recipe, configuration in
        let corpus = try Corpus(configuration)
        let options = configuration.options
        let noise = try configuration.settings.int("noise", in: 1...1000)
        return PreparedRun(digest: corpus.digest) { setup in
            let model = try setup.makeModel() as! SkipGram
            let learner = SupervisedLearner(
                model, .negativeSampling(of: corpus.noise, count: noise),
                try setup.optimizer(model.parameters(), orElse: { Adam($0, learningRate: $1) }),
                schedule: try setup.schedule(samples: corpus.train.count), options: options)
            return try setup.trainer(
                learner,
                train: BatchSource(
                    DataLoader(corpus.train, batchSize: options.batchSize, seed: options.seed)),
                test: BatchSource(DataLoader(corpus.test, batchSize: 1000, sampler: .sequential)),
                metrics: configuration.data == nil ? [PlantedNeighbors(model, corpus.vocabulary)] : [],
                callbacks: [NeighborList(corpus.vocabulary, rows: corpus.rows)])
        }
    }
}

/// A text as the pairs of words that stand near each other.
struct Corpus {
    let vocabulary: Vocabulary
    /// How many words the model knows; rarer ones are the unknown one.
    let rows: Int
    let train: TensorDataset<Example<Tensor, Tensor>>
    /// Every twentieth sentence.
    let test: TensorDataset<Example<Tensor, Tensor>>
    /// Numbers of words, each as often as it is to be drawn as noise: by the counts to the power of 3/4, as in the paper.
    let noise: Tensor
    /// Tells the text from others; nil for the program's own.
    let digest: String?

    init(_ configuration: RunConfiguration) throws {
        let settings = configuration.settings
        let sentences: [[String]]
        if let path = configuration.data {
            let lines = try TextLines(path).lines
            sentences = lines.map(Vocabulary.words)
            digest = textDigest((lines.joined(separator: "\n") + "\n").utf8)
        } else {
            sentences = PlantedWords.sentences(try settings.int("sentences", in: 100...10_000_000))
            digest = nil
        }
        let vocabulary = Vocabulary(of: sentences.lazy.flatMap(\.self))
        let rows = min(vocabulary.count, try settings.int("vocabulary", in: 2...1_000_000))
        let numbers = sentences.map { vocabulary.encode($0).map { $0 < rows ? $0 : 0 } }
        let window = try settings.int("window", in: 1...100)
        func pairs(isTest: Bool) throws -> TensorDataset<Example<Tensor, Tensor>> {
            var (middle, around) = ([Int](), [Int]())
            for (index, sentence) in numbers.enumerated() where (index % 20 == 19) == isTest {
                for (place, word) in sentence.enumerated() where word != 0 {
                    for other in max(0, place - window)..<min(sentence.count, place + window + 1)
                    where other != place && sentence[other] != 0 {
                        middle.append(word)
                        around.append(sentence[other])
                    }
                }
            }
            if middle.isEmpty {
                throw FileError(
                    path: configuration.data ?? "the text", .unexpected,
                    "expected at least 20 lines of several words each")
            }
            return TensorDataset(
                inputs: Tensor(middle, shape: [middle.count]), targets: Tensor(around, shape: [around.count]))
        }
        (train, test) = (try pairs(isTest: false), try pairs(isTest: true))
        let shares = vocabulary.counts.prefix(rows).map { pow(Double($0), 0.75) }
        let total = shares.dropFirst().reduce(0, +)
        let table = (1..<rows).flatMap { word in
            Array(repeating: word, count: max(1, Int((shares[word] / total * 100_000).rounded())))
        }
        noise = Tensor(table, shape: [table.count])
        (self.vocabulary, self.rows) = (vocabulary, rows)
    }
}

/// FNV-1a over bytes: tells a text from others.
func textDigest(_ bytes: some Sequence<UInt8>) -> String {
    String(bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, radix: 16)
}

extension Objective where Model == SkipGram, Batch == ExampleBatch<Tensor, Tensor> {
    /// Tells the words around a word from words of noise.
    ///
    /// - Parameters:
    ///   - table: numbers of words, each as often as it is to be drawn.
    ///   - count: words of noise for each pair.
    static func negativeSampling(of table: Tensor, count: Int) -> Self {
        Objective { model, batch in
            let noise = withBatchRows(.axis(0)) {
                table.take(.randomIntegers([batch.sampleCount, count], high: table.count))
            }
            let around = Tensor.cat([batch.targets.unsqueeze(1), noise], axis: 1)
            let scores = model.scores(batch.inputs, around: around)
            let own = scores.narrow(axis: 1, start: 0, count: 1).squeeze(axis: 1)
            let loss = own.negativeSamplingLoss(noise: scores.narrow(axis: 1, start: 1, count: count))
            return BatchResult(loss: loss)
        }
    }
}

/// The share of a word's group among its five nearest words, over all words of all groups.
struct PlantedNeighbors: Metric {
    let name = "precision_at_5"
    let isHigherBetter = true
    private(set) var value = Double.nan
    private let model: SkipGram
    private let vocabulary: Vocabulary

    init(_ model: SkipGram, _ vocabulary: Vocabulary) {
        self.model = model
        self.vocabulary = vocabulary
    }

    /// Looks at the model's vectors, whatever the batch, once in an evaluation.
    mutating func update(_ result: BatchResult, samples: Int) {
        if !value.isNaN { return }
        let groups = PlantedWords.groups.map { vocabulary.encode($0.members).filter { $0 != 0 } }
        let words = groups.flatMap(\.self)
        let group = Dictionary(
            uniqueKeysWithValues: groups.enumerated().flatMap { index, words in words.map { ($0, index) } })
        let found = model.neighbors(of: words, count: 5, among: vocabulary.count)
        let right = zip(words, found).reduce(0) { sum, next in
            sum + next.1.count { group[$0.word] == group[next.0] }
        }
        value = Double(right) / Double(5 * words.count)
    }

    mutating func reset() { value = .nan }
}

/// Writes the nearest words of the most frequent ones after each evaluation: `neighbours.txt`.
final class NeighborList: Callback {
    private let vocabulary: Vocabulary
    private let rows: Int

    init(_ vocabulary: Vocabulary, rows: Int) {
        self.vocabulary = vocabulary
        self.rows = rows
    }

    func evaluated(_ record: MetricsRecord, isBest: Bool, of run: any TrainingRun) throws {
        guard let folder = run.folder, let model = run.model as? SkipGram else { return }
        let words = Array(1..<min(rows, 201))
        let lines = zip(words, model.neighbors(of: words, count: 5, among: rows)).map { word, found in
            let near = found.map { String(format: "%@ %.2f", vocabulary.words[$0.word], $0.cosine) }
            return "\(vocabulary.words[word]): \(near.joined(separator: ", "))\n"
        }
        try AtomicFile.write(lines.joined(), to: "\(folder.path)/neighbours.txt")
    }
}
