import Apus
import ApusData
import ApusModels
import ApusNN
import ApusOptim

/// A classifier that has learnt the real digits, and says how those are that a generator draws.
struct DigitReader {
    private let classifier = withRandomGenerator(RandomGenerator(seed: 0)) { ConvNet(.mnist) }

    /// Learns to read from twenty thousand of the real digits; always in the same way, whatever else the run draws.
    init(of real: LabeledSamples) throws {
        let learner = SupervisedLearner(
            classifier, .classification, Adam(classifier.parameters(), learningRate: 1e-3),
            options: TrainingOptions(epochs: 1))
        let loader = DataLoader(real, batchSize: 64)
        for batch in loader.epoch(0).prefix(20_000 / 64) { _ = try learner.train(on: [batch]) }
    }

    /// How batches of images [count, 1, 28, 28] with pixels from 0 to 1 are read.
    ///
    /// - `least_digit_share`: the share of the digit that is drawn least often, a tenth at best.
    /// - `inception_score`: exp of the mean KL(p(digit | image) ‖ p(digit)) (Salimans et al. 2016, "Improved techniques for
    ///   training GANs", section 4). It is 10 where each image is clearly one digit and all digits come equally often, and 1 where
    ///   nothing can be told.
    func measure(_ images: some Sequence<Tensor>) -> Measurements {
        classifier.withEvaluationMode {
            withInferenceMode {
                let logProbabilities = Tensor.cat(images.map { classifier($0) }).logSoftmax(axis: 1)
                let probabilities = logProbabilities.exp()
                let meanLog = probabilities.mean(axis: 0).clamp(min: 1e-30).log()
                let divergence = (probabilities * (logProbabilities - meanLog)).sum(axis: 1).mean()
                let digits = logProbabilities.argmax(axis: 1)
                let shares = (0..<10).map { (digits .== $0).to(.float32).mean().item(as: Double.self) }
                return [
                    "least_digit_share": shares.min()!,
                    "inception_score": divergence.exp().item(as: Double.self),
                ]
            }
        }
    }
}
