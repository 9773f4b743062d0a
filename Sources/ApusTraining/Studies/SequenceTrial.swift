import Apus
import ApusData
import ApusModels
import ApusNN
import ApusOptim

/// A model that is trained on a task in some steps, each with new sequences.
struct SequenceTrial: Sendable {
    /// What came of it.
    struct Outcome {
        /// The share of tokens told right, of sequences that were not trained on, of each task that it was tested with.
        let accuracies: [Double]
        let seconds: Double
        let parameters: Int
    }

    let task: SequenceTask
    let mixer: SequenceMixer
    let steps: Int
    /// Longer ones, which the model is tested with too.
    var longer: [SequenceTask] = []
    var shiftsTokens = false
    /// Sequences of a step.
    var batch = 32
    /// At the start; it falls to 0 as a cosine.
    var learningRate = 3e-3

    /// What the model is called in the table.
    var name: String { mixer.rawValue + (shiftsTokens ? ", token shift" : "") }

    /// Trains a model of two blocks of 64 channels.
    func run(seed: UInt64 = 0) -> Outcome {
        let generator = RandomGenerator(seed: seed)
        var random = SampleGenerator(generator)
        let length = task.batch(1, &random).tokens.shape[1]
        let model = withRandomGenerator(generator) {
            LanguageModel(
                .init(
                    vocabulary: task.vocabulary, channels: 64, layers: 2, mixer: mixer, context: length,
                    shiftsTokens: shiftsTokens, isTied: false))
        }
        // Some published models start smaller, for large vocabularies and long trainings.
        model.embedding.weight.value = .normal(model.embedding.weight.shape, using: generator)
        let optimizer = Adam(model.parameters(), learningRate: learningRate)
        let schedule = Scheduler(optimizer, .cosine(steps: steps))
        let clock = ContinuousClock()
        let time = clock.measure {
            for _ in 0..<steps {
                let (tokens, targets) = task.batch(batch, &random)
                optimizer.zeroGradients()
                model(tokens).softmaxCrossEntropy(targets, axis: -1).backward()
                _ = clipGradientNorm(of: optimizer.parameters, to: 1)
                optimizer.step()
                schedule.step()
            }
        }
        return Outcome(
            accuracies: ([task] + longer).map { accuracy(of: model, in: $0, seed: seed + 1) },
            seconds: time / .seconds(1),
            parameters: model.parameterCount)
    }

    /// The share of tokens told right in 512 sequences.
    private func accuracy(of model: LanguageModel, in task: SequenceTask, seed: UInt64) -> Double {
        var random = SampleGenerator(RandomGenerator(seed: seed))
        var (right, asked) = (0, 0)
        for _ in 0..<8 {
            let (tokens, targets) = task.batch(64, &random)
            let told = withInferenceMode { model.withEvaluationMode { model(tokens) } }.argmax(axis: -1)
            for (found, wanted) in zip(told.array(of: Int.self), targets.array(of: Int.self))
            where wanted >= 0 {
                asked += 1
                if found == wanted { right += 1 }
            }
        }
        return Double(right) / Double(asked)
    }
}
