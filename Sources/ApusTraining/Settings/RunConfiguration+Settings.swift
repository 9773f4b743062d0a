extension RunConfiguration {
    /// Takes over what a settings file, or the command line, says. Names are those of `config.json`, which is such a file.
    ///
    /// - Parameter owner: whose settings they are, for errors: the file's name.
    /// - Throws: `TrainingError.badOption` for a name that there is not, with the nearest that there is, and for a value of
    ///   another kind. Whether a run can have the values `validate()` says.
    public mutating func apply(_ settings: [String: Setting], from owner: String) throws {
        var reader = SettingsReader(RunConfiguration.flat(settings), of: owner)
        if let name = try reader.text("recipe"), name != recipe {
            throw TrainingError.badOption("\(owner): is for the recipe \(name), not for \(recipe)")
        }
        data = try reader.text("data") ?? data
        learningRate = try reader.number("learning_rate") ?? learningRate
        for choice in RunChoice.allCases {
            choices[choice] = reader.value(choice.rawValue) ?? choices[choice]
        }
        try apply(&reader)
        let own = try Recipe.named(recipe).settings
        for name in own.keys.sorted() {
            guard let value = reader.value(name) else { continue }
            self.settings[name] = try RunConfiguration.converted(value, like: own[name]!, name, owner)
        }
        try reader.finish()
    }

    /// The settings as a file would have them, where they are those of a run's `config.json`: it has the recipe's own in a group,
    /// and says which data there were.
    static func flat(_ settings: [String: Setting]) -> [String: Setting] {
        var result = settings
        result["data_digest"] = nil
        if case .group(let own)? = settings["settings"] {
            result["settings"] = nil
            result.merge(own) { outer, _ in outer }
        }
        return result
    }

    private mutating func apply(_ reader: inout SettingsReader) throws {
        options.epochs = try reader.int("epochs") ?? options.epochs
        options.batchSize = try reader.int("batch_size") ?? options.batchSize
        if let seed = try reader.int("seed") {
            guard let seed = UInt64(exactly: seed) else { throw reader.bad("seed", "\(seed)", "at least 0") }
            options.seed = seed
        }
        options.threads = try reader.int("threads") ?? options.threads
        options.accumulation = try reader.int("accumulation") ?? options.accumulation
        options.clipNorm = try reader.number("clip_norm") ?? options.clipNorm
        options.averageDecay = try reader.number("average_decay") ?? options.averageDecay
        options.evaluateEvery = try reader.int("evaluate_every") ?? options.evaluateEvery
        options.saveEvery = try reader.int("save_every") ?? options.saveEvery
        options.keep = try reader.int("keep") ?? options.keep
        options.monitor = try reader.text("monitor") ?? options.monitor
        options.patience = try reader.int("patience") ?? options.patience
        options.timeBudget = try reader.number("time_budget") ?? options.timeBudget
        if let word = try reader.text("non_finite") {
            guard let policy = NonFinitePolicy(rawValue: word) else {
                throw reader.bad("non_finite", word, "stop or skip")
            }
            options.nonFinite = policy
        }
        options.synchronizeBatchNorms =
            try reader.bool("synchronize_batch_norms") ?? options.synchronizeBatchNorms
        options.shardOptimizer = try reader.bool("shard_optimizer") ?? options.shardOptimizer
    }

    /// The value in the kind of the recipe's own.
    private static func converted(
        _ value: Setting, like own: Setting, _ name: String, _ owner: String
    ) throws(TrainingError) -> Setting {
        switch (own, value) {
        case (.number, .int(let value)): return .number(Double(value))
        case (.bool, .bool), (.int, .int), (.number, .number), (.text, .text), (.list, .list),
            (.group, .group):
            return value
        default: throw .badOption("\(owner): \(name) is \(value); it must be like \(own)")
        }
    }
}
