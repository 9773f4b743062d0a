import Apus
import ApusFormats
import Foundation

/// Everything that decides what a run computes, as saved in its folder.
public struct RunConfiguration: Codable, Sendable, Equatable {
    /// A name of `Recipe.all`.
    public var recipe: String
    /// The folder of the MNIST files; nil is what the program makes itself: digits, or notes.
    public var data: String?
    /// Tells the contents of that folder's files from others: the run goes on with these alone, wherever they are.
    public var dataDigest: String?
    /// How many epochs the run has in all, from its beginning.
    public var epochs: Int
    /// Samples of a step; of the last one of an epoch what is left.
    public var batchSize: Int
    /// What the optimizer is made with; positive.
    public var learningRate: Double
    /// Of the weights at the start, the order of samples and all else that is drawn.
    public var seed: UInt64
    /// Threads of the kernels. Results do not depend on it.
    public var threads: Int

    enum CodingKeys: String, CodingKey {
        case recipe, data, epochs
        case dataDigest = "data_digest"
        case batchSize = "batch_size"
        case learningRate = "learning_rate"
        case seed, threads
    }

    /// Nothing is checked before `validate()`.
    ///
    /// - Parameters:
    ///   - recipe: the name of a `Recipe`.
    ///   - data: the folder of the MNIST files; nil is what the program makes itself.
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

    /// More epochs than anyone waits for, few enough to multiply with.
    static let mostEpochs = 1_000_000_000

    /// - Throws: `TrainingError.badOption` for values no run can have, `.unknownRecipe`.
    public func validate() throws {
        try Recipe.named(recipe).source.check(data)
        for (name, value, most) in [
            ("epochs", epochs, RunConfiguration.mostEpochs), ("batch-size", batchSize, Int.max),
            ("threads", threads, Threads.most),
        ] {
            if value < 1 { throw TrainingError.badOption("--\(name) is \(value); it must be at least 1") }
            if value > most {
                throw TrainingError.badOption("--\(name) is \(value); it must be at most \(most)")
            }
        }
        if !(learningRate > 0) || !learningRate.isFinite {
            throw TrainingError.badOption("--lr is \(learningRate); it must be a positive number")
        }
    }

    /// What `read` reads from the data's folder; where it cannot, the error says what to do if the folder has moved.
    func reading<Result>(in folder: String, _ read: () throws -> Result) throws -> Result {
        do { return try read() } catch  where data != nil {
            throw TrainingError.dataGone(folder: folder, reason: "\(error)")
        }
    }

    /// The same with the data's absolute path and digest: what is saved, so that the run can go on from another
    /// folder, and when the data have moved.
    ///
    /// - Throws: `TrainingError.otherData` where these are other data than those the run was begun with.
    package func settled(on data: RunData, in folder: String) throws -> RunConfiguration {
        guard let path = self.data else { return self }
        if let dataDigest, dataDigest != data.digest {
            throw TrainingError.otherData(folder: folder, data: path)
        }
        var result = self
        result.data = RunConfiguration.absolute(path)
        result.dataDigest = data.digest
        return result
    }

    /// The settings that cannot change within a run and differ from `saved`, as they are; epochs may grow, threads
    /// change, and data that have a digest lie elsewhere.
    func differences(from saved: RunConfiguration) -> [String] {
        var result: [String] = []
        if recipe != saved.recipe { result.append("recipe \(recipe)") }
        if data.map(RunConfiguration.absolute) != saved.data.map(RunConfiguration.absolute),
            data == nil || saved.data == nil || saved.dataDigest == nil
        {
            result.append("--data \(data ?? "(what the program makes)")")
        }
        if batchSize != saved.batchSize { result.append("--batch-size \(batchSize)") }
        if learningRate != saved.learningRate { result.append("--lr \(learningRate)") }
        if seed != saved.seed { result.append("--seed \(seed)") }
        return result
    }

    /// Throws where settings differ from `saved` that cannot change.
    package func check(against saved: RunConfiguration, in folder: String) throws {
        let differences = differences(from: saved)
        if differences.isEmpty { return }
        throw TrainingError.otherSettings(
            folder: folder, differences: saved.differences(from: self), asked: differences)
    }

    /// The path from the root, of links to where they lead.
    private static func absolute(_ path: String) -> String {
        guard let real = realpath(path, nil) else {
            return path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
        }
        defer { free(real) }
        return String(cString: real)
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    static func read(_ path: String) throws -> RunConfiguration {
        let result = try decode(RunConfiguration.self, path, "is not the configuration of a run")
        do { try result.validate() } catch let error as TrainingError {
            throw TrainingError.badConfiguration(file: path, reason: error.description)
        }
        return result
    }

    /// What a file says in JSON.
    ///
    /// - Parameter complaint: what is said of a file that does not.
    static func decode<T: Decodable>(_: T.Type, _ path: String, _ complaint: String) throws -> T {
        // Mapped: what is no regular file, such as a pipe, is an error and not waited for.
        let file = try MappedFile(path)
        do {
            return try withExtendedLifetime(file) { try JSONDecoder().decode(T.self, from: Data(file.bytes)) }
        } catch {
            throw TrainingError.badConfiguration(file: path, reason: complaint + explanation(of: error))
        }
    }

    private static func explanation(of error: any Error) -> String {
        func name(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: ".") }
        switch error as? DecodingError {
        case .keyNotFound(let key, let context):
            return ": it has no \(name(context.codingPath + [key]))"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            return context.codingPath.isEmpty
                ? ": it is no JSON object" : ": its \(name(context.codingPath)) is nothing that it can be"
        default: return ""
        }
    }
}
