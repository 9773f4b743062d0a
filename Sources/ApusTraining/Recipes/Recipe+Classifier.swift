import Apus
import ApusData
import ApusModels
import ApusNN
import ApusOptim

extension Recipe {
    /// A classifier of `source`'s samples: softmax cross-entropy, accuracy.
    ///
    /// - Parameters:
    ///   - settings: its own, with which the model is made.
    ///   - schedule: for a run of so many steps.
    static func classifier(
        _ name: String, _ summary: String, on source: DataSource = .digits, epochs: Int, batchSize: Int = 128,
        learningRate: Double = 1e-3, settings: [String: Setting] = [:], choices: [RunChoice: Setting] = [:],
        configure: (inout TrainingOptions) -> Void = { _ in },
        model: @escaping @Sendable (_ settings: [String: Setting]) throws -> any Layer,
        optimizer: @escaping @Sendable (_ parameters: [Parameter], _ learningRate: Double) -> Optimizer =
            {
                Adam($0, learningRate: $1)
            },
        schedule: @escaping @Sendable (_ steps: Int) -> Schedule = { _ in .constant }
    ) -> Recipe {
        Recipe(
            name, summary, on: source, epochs: epochs, batchSize: batchSize, learningRate: learningRate,
            settings: settings, isClassifier: true,
            takes: source == .digits
                ? Set(RunChoice.allCases) : [.optimizer, .schedule, .loss, .metrics, .initializer],
            choices: choices, targets: .classes, configure: configure, model: model
        ) { recipe, configuration in
            let data = try RunData(configuration.data, of: recipe.source)
            return PreparedRun(digest: data.digest) { setup in
                let loss = try setup.loss(orElse: CrossEntropyLoss())
                func start<Model: Layer>(_ model: Model) throws -> any TrainingRun {
                    let objective = Objective { (model: Model, batch: LabeledBatch) in
                        let logits = model(batch.inputs)
                        return BatchResult(
                            loss: loss(logits, batch.labels), predictions: logits, targets: batch.labels)
                    }
                    let learner = SupervisedLearner(
                        model, objective, try setup.optimizer(model.parameters(), orElse: optimizer),
                        schedule: try setup.schedule(
                            samples: data.train.count,
                            orElse: schedule(configuration.options.stepCount(samples: data.train.count))),
                        options: configuration.options)
                    return try setup.trainer(
                        learner, train: try data.batches(configuration), test: data.testBatches,
                        metrics: try setup.metrics(orElse: [Accuracy()]))
                }
                return try start(setup.makeModel())
            }
        }
    }

    /// 784-400-100-10 with ReLU, softmax cross-entropy and Adam.
    public static let mnistMLP = classifier(
        "mnist-mlp", "a multi-layer perceptron, 784-400-100-10, on 28×28 digits", epochs: 20,
        model: { _ in MLP(.mnist) })

    /// 3×3 convolutions with 8 and 16 channels, ReLU and max pooling.
    public static let mnistConv = classifier(
        "mnist-conv", "two 3×3 convolutions, 8 and 16 channels, on 28×28 digits", epochs: 5,
        model: { _ in ConvNet(.mnist) })

    /// The same with depthwise separable convolutions.
    public static let mnistSeparable = classifier(
        "mnist-separable", "the same with depthwise separable convolutions", epochs: 5,
        model: { _ in ConvNet(.mnistSeparable) })

    /// Complex convolutions with 10 and 20 channels, whitening batch normalisation, stochastic gradient descent.
    public static let mnistComplex = classifier(
        "mnist-complex", "complex convolutions, 10 and 20 channels, on 28×28 digits", epochs: 4,
        batchSize: 64,
        learningRate: 5e-3, model: { _ in ComplexNet(.mnist) },
        optimizer: { SGD($0, learningRate: $1, momentum: 0.9) })

    /// The short-time Fourier transform and three complex 3×3 convolutions, on synthesised notes.
    public static let audioComplex = classifier(
        "audio-complex", "a complex network on spectra, names the pitch of synthesised notes", on: .tones,
        epochs: 10,
        batchSize: 64, learningRate: 2e-3, model: { _ in AudioNet(.notesComplex) })

    /// Its real twin, which has as many parameters.
    public static let audioReal = classifier(
        "audio-real", "its real twin, on real and imaginary parts as two channels", on: .tones, epochs: 10,
        batchSize: 64, learningRate: 2e-3, model: { _ in AudioNet(.notesReal) })
}
