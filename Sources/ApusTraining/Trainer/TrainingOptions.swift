import Apus

/// How a run goes through its data: everything that does not depend on the model or on the kind of data.
///
/// ```swift
/// var options = TrainingOptions(epochs: 30, batchSize: 64)
/// options.patience = 5
/// ```
public struct TrainingOptions: Sendable, Equatable {
    /// How often training goes through all samples, counted from the run's beginning.
    public var epochs: Int
    /// Samples of a batch; of the last one of an epoch what is left.
    public var batchSize: Int
    /// Of the order of samples and of all that is drawn in the run.
    public var seed: UInt64
    /// Threads of the kernels. Results do not depend on it.
    public var threads: Int
    /// Batches of a step: their gradients add up to that of one batch with all their samples.
    public var accumulation = 1
    /// The largest norm that the gradients of all parameters together may have in a step; nil clips none.
    public var clipNorm: Double?
    /// How much of the moving average of the weights stays at each step, such as 0.999. Evaluation, the best checkpoint
    /// and whoever uses the run take the average. nil keeps none.
    public var averageDecay: Double?
    /// The model is evaluated each so many steps, and at the end of each epoch; nil is at the end alone.
    public var evaluateEvery: Int?
    /// A checkpoint to go on from is written each so many steps, and at each evaluation; nil is then alone.
    public var saveEvery: Int?
    /// How many of the latest checkpoints stay besides the last and the best, as `step-000469.safetensors`.
    public var keep = 0
    /// What the best checkpoint is the best by, such as `test_accuracy` or `test_loss`; nil is the first metric of the
    /// test samples, or else a loss.
    public var monitor: String?
    /// The run ends after so many evaluations without a better one; nil goes on.
    public var patience: Int?
    /// The run is saved and ends after so many seconds; it can be resumed. nil is without limit.
    public var timeBudget: Double?
    /// What is done when the loss or a gradient becomes infinite or NaN.
    public var nonFinite = NonFinitePolicy.stop
    /// Whether batch normalisations take the statistics of a whole batch where several processes share it, and not each those of
    /// its own samples.
    public var synchronizeBatchNorms = false
    /// Whether several processes keep the optimizer's state in parts, each one's a share of the memory. Results are the same.
    public var shardOptimizer = false

    /// - Parameters:
    ///   - epochs: passes over the data.
    ///   - batchSize: samples of a batch.
    ///   - seed: of the order of samples and of all that is drawn in the run.
    ///   - threads: of the kernels; nil is `Apus.threads`.
    public init(epochs: Int = 10, batchSize: Int = 32, seed: UInt64 = 0, threads: Int? = nil) {
        self.epochs = epochs
        self.batchSize = batchSize
        self.seed = seed
        self.threads = threads ?? Apus.threads
    }

    /// How many steps a run over so many samples has: what schedules count in.
    public func stepCount(samples: Int) -> Int {
        let batches = samples / batchSize + (samples % batchSize > 0 ? 1 : 0)
        return epochs * (batches / accumulation + (batches % accumulation > 0 ? 1 : 0))
    }

    /// More epochs than anyone waits for, few enough to multiply with.
    static let mostEpochs = 1_000_000_000

    /// - Throws: `TrainingError.badOption` for values no run can have.
    public func validate() throws {
        func check(_ name: String, _ value: Int?, _ range: ClosedRange<Int>) throws {
            guard let value else { return }
            if value < range.lowerBound {
                throw TrainingError.badOption(
                    "--\(name) is \(value); it must be at least \(range.lowerBound)")
            }
            if value > range.upperBound {
                throw TrainingError.badOption("--\(name) is \(value); it must be at most \(range.upperBound)")
            }
        }
        try check("epochs", epochs, 1...TrainingOptions.mostEpochs)
        try check("batch-size", batchSize, 1...Int.max)
        try check("threads", threads, 1...Threads.most)
        try check("accumulation", accumulation, 1...1_000_000)
        try check("evaluate-every", evaluateEvery, 1...Int.max)
        try check("save-every", saveEvery, 1...Int.max)
        try check("keep", keep, 0...1_000_000)
        try check("patience", patience, 1...Int.max)
        for (name, value) in [("clip-norm", clipNorm), ("time-budget", timeBudget)] {
            if let value, !(value > 0) || !value.isFinite {
                throw TrainingError.badOption("--\(name) is \(value); it must be a positive number")
            }
        }
        if let averageDecay, !(0..<1 ~= averageDecay) {
            throw TrainingError.badOption(
                "--average-decay is \(averageDecay); it must be at least 0 and below 1")
        }
    }

    /// The options that cannot change within a run and differ from `saved`, as they are: epochs may grow, and what decides
    /// only when the run is looked at, saved or ended may change.
    func differences(from saved: TrainingOptions) -> [String] {
        var result: [String] = []
        func compare<Value: Equatable>(
            _ name: String, _ value: KeyPath<TrainingOptions, Value>, _ text: (Value) -> String
        ) {
            if self[keyPath: value] != saved[keyPath: value] {
                result.append("--\(name) \(text(self[keyPath: value]))")
            }
        }
        compare("batch-size", \.batchSize) { "\($0)" }
        compare("seed", \.seed) { "\($0)" }
        compare("accumulation", \.accumulation) { "\($0)" }
        compare("clip-norm", \.clipNorm) { $0.map { "\($0)" } ?? "(none)" }
        compare("average-decay", \.averageDecay) { $0.map { "\($0)" } ?? "(none)" }
        compare("monitor", \.monitor) { $0 ?? "(the first metric)" }
        compare("evaluate-every", \.evaluateEvery) { $0.map { "\($0)" } ?? "(each epoch)" }
        compare("non-finite", \.nonFinite) { $0.rawValue }
        compare("synchronize-batch-norms", \.synchronizeBatchNorms) { "\($0)" }
        return result
    }
}

/// What a run does when the loss or a gradient becomes infinite or NaN.
public enum NonFinitePolicy: String, Sendable, Codable, CaseIterable {
    /// The run ends with an error; the checkpoints written before stay.
    case stop
    /// The weights stay as they are in this step, which is counted; after a hundred such steps one after the other the run
    /// ends with an error.
    case skip
}

extension TrainingOptions: Codable {
    enum CodingKeys: String, CodingKey {
        case epochs, seed, threads, accumulation, keep, monitor, patience
        case batchSize = "batch_size"
        case clipNorm = "clip_norm"
        case averageDecay = "average_decay"
        case evaluateEvery = "evaluate_every"
        case saveEvery = "save_every"
        case timeBudget = "time_budget"
        case nonFinite = "non_finite"
        case synchronizeBatchNorms = "synchronize_batch_norms"
        case shardOptimizer = "shard_optimizer"
    }

    /// Options that a file does not have are as they are by default, but for the first four.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            epochs: try values.decode(Int.self, forKey: .epochs),
            batchSize: try values.decode(Int.self, forKey: .batchSize),
            seed: try values.decode(UInt64.self, forKey: .seed),
            threads: try values.decode(Int.self, forKey: .threads))
        accumulation = try values.decodeIfPresent(Int.self, forKey: .accumulation) ?? 1
        clipNorm = try values.decodeIfPresent(Double.self, forKey: .clipNorm)
        averageDecay = try values.decodeIfPresent(Double.self, forKey: .averageDecay)
        evaluateEvery = try values.decodeIfPresent(Int.self, forKey: .evaluateEvery)
        saveEvery = try values.decodeIfPresent(Int.self, forKey: .saveEvery)
        keep = try values.decodeIfPresent(Int.self, forKey: .keep) ?? 0
        monitor = try values.decodeIfPresent(String.self, forKey: .monitor)
        patience = try values.decodeIfPresent(Int.self, forKey: .patience)
        timeBudget = try values.decodeIfPresent(Double.self, forKey: .timeBudget)
        nonFinite = try values.decodeIfPresent(NonFinitePolicy.self, forKey: .nonFinite) ?? .stop
        synchronizeBatchNorms = try values.decodeIfPresent(Bool.self, forKey: .synchronizeBatchNorms) ?? false
        shardOptimizer = try values.decodeIfPresent(Bool.self, forKey: .shardOptimizer) ?? false
    }
}
