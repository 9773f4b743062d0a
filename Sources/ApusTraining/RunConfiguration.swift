import Foundation

/// Everything that decides what a run computes, as saved in its folder.
public struct RunConfiguration: Codable, Sendable, Equatable {
    public var recipe: String
    /// The folder of the MNIST files; nil is what the program makes itself: digits, or notes.
    public var data: String?
    public var epochs: Int
    public var batchSize: Int
    public var learningRate: Double
    public var seed: UInt64
    /// Threads of the kernels. Results do not depend on it.
    public var threads: Int

    enum CodingKeys: String, CodingKey {
        case recipe, data, epochs
        case batchSize = "batch_size"
        case learningRate = "learning_rate"
        case seed, threads
    }

    public init(
        recipe: String, data: String?, epochs: Int, batchSize: Int, learningRate: Double, seed: UInt64,
        threads: Int
    ) {
        self.recipe = recipe
        self.data = data
        self.epochs = epochs
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.seed = seed
        self.threads = threads
    }

    /// - Throws: `TrainingError.badOption` for values no run can have, `.unknownRecipe`.
    public func validate() throws {
        try Recipe.named(recipe).source.check(data)
        if epochs < 1 { throw TrainingError.badOption("--epochs is \(epochs); it must be at least 1") }
        if batchSize < 1 {
            throw TrainingError.badOption("--batch-size is \(batchSize); it must be at least 1")
        }
        if !(learningRate > 0) || !learningRate.isFinite {
            throw TrainingError.badOption("--lr is \(learningRate); it must be a positive number")
        }
        if threads < 1 { throw TrainingError.badOption("--threads is \(threads); it must be at least 1") }
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    static func read(_ path: String) throws -> RunConfiguration {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw TrainingError.badConfiguration(file: path, reason: "cannot be read")
        }
        do { return try JSONDecoder().decode(RunConfiguration.self, from: bytes) } catch {
            throw TrainingError.badConfiguration(file: path, reason: "is not the configuration of a run")
        }
    }
}
