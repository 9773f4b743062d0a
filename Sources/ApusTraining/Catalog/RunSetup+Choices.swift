import Apus
import ApusData
import ApusNN
import ApusOptim

extension RunConfiguration {
    /// - Throws: `TrainingError.badOption` for a choice that the recipe does not have, for a name that there is not, and for
    ///   settings that cannot be.
    func validateChoices(of recipe: Recipe) throws {
        for choice in RunChoice.allCases {
            guard let setting = choices[choice] else { continue }
            if !recipe.takes.contains(choice) {
                throw TrainingError.badOption("\(recipe.name) takes no \(choice)")
            }
            switch choice {
            case .optimizer:
                let (name, settings) = try setting.entry("optimizer")
                // Tried on a parameter that every optimizer takes: the model's come after the data.
                _ = try NamedOptimizer.named(name).make(
                    settings, [Parameter(.zeros([1, 1]))], learningRate: learningRate)
            case .schedule:
                let (name, settings) = try setting.entry("schedule")
                _ = try NamedSchedule.named(name).make(
                    settings, epochs: max(options.epochs, 1), stepsOfEpoch: 1)
            case .loss: _ = try loss(for: recipe)
            case .metrics: _ = try metrics(for: recipe)
            case .initializer: _ = try initializer()
            case .augment: _ = try augment(width: 32, height: 32)
            }
        }
    }

    /// The loss that is chosen, if one is.
    func loss(for recipe: Recipe) throws -> (any Loss)? {
        guard let (name, settings) = try choices[.loss]?.entry("loss") else { return nil }
        let named = try NamedLoss.named(name)
        if named.targets != recipe.targets {
            throw RunConfiguration.unfit(
                "loss", name, recipe, NamedLoss.all.filter { $0.targets == recipe.targets }.map(\.name))
        }
        return try named.make(settings)
    }

    /// The metrics that are chosen, if any are.
    func metrics(for recipe: Recipe) throws -> [any Metric]? {
        func isFit(_ metric: NamedMetric) -> Bool {
            metric.targets == nil || metric.targets == recipe.targets
        }
        let metrics = try choices[.metrics]?.entries("metrics").map { name, settings -> any Metric in
            let named = try NamedMetric.named(name)
            if !isFit(named) {
                throw RunConfiguration.unfit(
                    "metric", name, recipe, NamedMetric.all.filter(isFit).map(\.name))
            }
            return try named.make(settings)
        }
        let names = (metrics ?? []).map(\.name)
        if let twice = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
            throw TrainingError.badOption("metrics: \(names[twice]) is there twice")
        }
        return metrics
    }

    private static func unfit(
        _ kind: String, _ name: String, _ recipe: Recipe, _ names: [String]
    ) -> TrainingError {
        .badOption(
            "the \(kind) \(name) is not for \(recipe.name), which has \(recipe.targets?.name ?? "no targets"); "
                + "there are: \(names.joined(separator: ", "))")
    }

    /// The initializer that is chosen, if one is.
    func initializer() throws -> (named: NamedInitializer, made: Initializer)? {
        guard let (name, settings) = try choices[.initializer]?.entry("initializer") else { return nil }
        let named = try NamedInitializer.named(name)
        return (named, try named.make(settings))
    }

    /// What is done to pictures of this size, if anything is.
    func augment(width: Int, height: Int) throws -> (any ImageTransform)? {
        guard let entries = try choices[.augment]?.entries("augment") else { return nil }
        return Compose(
            try entries.map {
                try NamedTransform.named($0.name).make($0.settings, width: width, height: height)
            })
    }
}

extension RunSetup {
    /// The model of the recipe, with its settings, and weights drawn by the initializer that is chosen.
    func makeModel() throws -> any Layer {
        let model = try recipe.makeModel(configuration.settings)
        if let (named, initializer) = try configuration.initializer() {
            try named.draw(initializer, for: model)
        }
        return model
    }

    /// The optimizer that the configuration names, or else the recipe's.
    func optimizer<Member: Optimizable>(
        _ parameters: [Member],
        orElse make: (_ parameters: [Member], _ learningRate: Double) -> Optimizer
    ) throws -> Optimizer {
        guard let (name, settings) = try configuration.choices[.optimizer]?.entry("optimizer") else {
            return make(parameters, configuration.learningRate)
        }
        return try NamedOptimizer.named(name).make(
            settings, parameters, learningRate: configuration.learningRate)
    }

    /// The schedule that the configuration names, or else the recipe's, for epochs of so many samples.
    func schedule(samples: Int, orElse own: Schedule = .constant) throws -> Schedule {
        guard let (name, settings) = try configuration.choices[.schedule]?.entry("schedule") else {
            return own
        }
        let options = configuration.options
        return try NamedSchedule.named(name).make(
            settings, epochs: options.epochs,
            stepsOfEpoch: options.stepCount(samples: samples) / options.epochs)
    }

    /// The loss that the configuration names, or else the recipe's.
    func loss(orElse own: any Loss) throws -> any Loss { try configuration.loss(for: recipe) ?? own }

    /// The metrics that the configuration names, or else the recipe's.
    func metrics(orElse own: [any Metric]) throws -> [any Metric] {
        try configuration.metrics(for: recipe) ?? own
    }
}
