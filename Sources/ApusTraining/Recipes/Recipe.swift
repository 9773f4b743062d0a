import Apus
import ApusData
import ApusNN
import ApusOptim

/// A model together with how it is trained: what `apus train NAME` runs.
public struct Recipe: Sendable {
    /// What `apus train` takes, such as `mnist-mlp`.
    public let name: String
    /// One line for the help text.
    public let summary: String
    /// What it is trained on.
    public let source: DataSource
    /// The options that a run has where nothing else is asked for.
    public let options: TrainingOptions
    /// What the optimizer is made with where nothing else is asked for.
    public let learningRate: Double
    /// The settings that it has besides, with their values where nothing else is asked for.
    public let settings: [String: Setting]
    /// What a run has of `takes` where nothing else is asked for, and where code has none of its own.
    let choices: [RunChoice: Setting]
    /// Makes the model with weights drawn from the default generator.
    public let makeModel: @Sendable (_ settings: [String: Setting]) throws -> any Layer
    /// Whether the model tells classes of `source`'s samples, so that `apus predict` and `evaluate` take it.
    public let isClassifier: Bool
    /// What can stand in the place of its own.
    public let takes: Set<RunChoice>
    /// What its predictions are compared with, where there is a choice of losses or metrics.
    let targets: TargetKind?
    /// Reads the data of a run, and says how it is trained.
    let prepare: @Sendable (_ recipe: Recipe, _ configuration: RunConfiguration) throws -> PreparedRun

    init(
        _ name: String, _ summary: String, on source: DataSource, epochs: Int, batchSize: Int,
        learningRate: Double,
        settings: [String: Setting] = [:], isClassifier: Bool = false,
        takes: Set<RunChoice> = [.optimizer, .schedule], choices: [RunChoice: Setting] = [:],
        targets: TargetKind? = nil,
        configure: (inout TrainingOptions) -> Void = { _ in },
        model: @escaping @Sendable (_ settings: [String: Setting]) throws -> any Layer,
        prepare:
            @escaping @Sendable (_ recipe: Recipe, _ configuration: RunConfiguration) throws -> PreparedRun
    ) {
        self.name = name
        self.summary = summary
        self.source = source
        var options = TrainingOptions(epochs: epochs, batchSize: batchSize)
        configure(&options)
        self.options = options
        self.learningRate = learningRate
        self.settings = settings
        self.isClassifier = isClassifier
        self.takes = takes
        self.choices = choices
        self.targets = targets
        makeModel = model
        self.prepare = prepare
    }

    /// The configuration of a run for which nothing else is asked for.
    public var configuration: RunConfiguration {
        var options = options
        options.threads = Apus.threads
        var configuration = RunConfiguration(
            recipe: name, data: nil, learningRate: learningRate, options: options, settings: settings)
        configuration.choices = choices
        return configuration
    }

    /// The recipes that have names; a new one is a line here.
    public static let all = [
        mnistMLP, mnistConv, mnistSeparable, mnistComplex, mnistLSTM, mnistPixels, audioComplex, audioReal,
        paint,
        autoencoder, dcgan,
        dqnCartPole, word2vec, distill, digitsHorNet, imageFolder, digitsMetaFormer, digitsScaled,
        shapesDetect,
        shapesSegment, charLM,
    ]

    /// The recipe of this name.
    /// - Throws: `TrainingError.unknownRecipe`, which lists those there are.
    public static func named(_ name: String) throws(TrainingError) -> Recipe {
        guard let recipe = all.first(where: { $0.name == name }) else { throw .unknownRecipe(name) }
        return recipe
    }
}

/// A run whose data have been read, ready to begin.
struct PreparedRun {
    /// Tells the contents of the data's files from others; nil for what the program makes itself.
    var digest: String?
    /// Tells more of what is in the files than the digest does, where that is too slow to be asked for each time: processes that
    /// train together compare it.
    var contents: (() -> String)?
    /// Settings that the data decide, such as the names of classes, for the run's configuration.
    var found: [String: Setting] = [:]
    /// Makes the model and what trains it.
    let start: (RunSetup) throws -> any TrainingRun
}

/// What a recipe's run is begun with.
struct RunSetup {
    let recipe: Recipe
    var configuration: RunConfiguration
    /// nil in processes that keep no folder.
    let session: RunSession?
    let random: RandomGenerator
    let progress: ProgressStyle
    let callbacks: [any Callback]
    let ranks: Ranks

    /// The trainer of a learner.
    func trainer<L: Learner>(
        _ learner: L, train: BatchSource<L.Batch>, test: BatchSource<L.Batch>? = nil,
        metrics: [any Metric] = [],
        callbacks own: [any Callback] = []
    ) throws -> any TrainingRun {
        try Trainer(
            learner, train: train, test: test, options: configuration.options, metrics: metrics,
            callbacks: own + callbacks, session: session, random: random,
            metadata: recipe.metadata(configuration.settings), progress: progress, ranks: ranks)
    }
}
