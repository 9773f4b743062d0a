import Apus
import ApusFormats
import Foundation

/// Everything that decides what a recipe's run computes, as saved in its folder.
public struct RunConfiguration: Sendable, Equatable {
    /// A name of `Recipe.all`.
    public var recipe: String
    /// Where the data are; nil is what the program makes itself.
    public var data: String?
    /// Tells the contents of those files from others: the run goes on with these alone, wherever they are.
    public var dataDigest: String?
    /// What the optimizer is made with; positive.
    public var learningRate: Double
    /// How the run goes through its data.
    public var options: TrainingOptions
    /// What the recipe has for settings besides.
    public var settings: [String: Setting]
    /// What stands in the place of the recipe's own optimizer, loss and so on: a name of the catalogue, a group with a name
    /// and settings, or a list of such.
    public var choices: [RunChoice: Setting] = [:]

    /// Nothing is checked before `validate()`.
    ///
    /// - Parameters:
    ///   - recipe: the name of a `Recipe`.
    ///   - data: where the data are; nil is what the program makes itself.
    public init(
        recipe: String, data: String?, learningRate: Double, options: TrainingOptions,
        settings: [String: Setting] = [:]
    ) {
        self.recipe = recipe
        self.data = data
        self.learningRate = learningRate
        self.options = options
        self.settings = settings
    }

    /// - Throws: `TrainingError.badOption` for values no run can have, `.unknownRecipe`.
    public func validate() throws {
        let recipe = try Recipe.named(recipe)
        try recipe.source.check(data)
        try options.validate()
        if !(learningRate > 0) || !learningRate.isFinite {
            throw TrainingError.badOption("--lr is \(learningRate); it must be a positive number")
        }
        try validateChoices(of: recipe)
        for name in settings.keys.sorted() where recipe.settings[name] == nil {
            let names = recipe.settings.keys.sorted()
            let hint =
                nearest(to: name, in: names).map { "did you mean '\($0)'?" }
                ?? (names.isEmpty ? "it has none of its own" : "there are: \(names.joined(separator: ", "))")
            throw TrainingError.badOption("\(recipe.name) has no setting '\(name)'; \(hint)")
        }
    }

    /// Refuses options that the recipe's learner does not heed.
    ///
    /// - Parameter names: of `clip_norm` and `average_decay`.
    /// - Throws: `TrainingError.badOption` for the first that is set.
    func refuse(_ names: String...) throws(TrainingError) {
        let areSet = ["clip_norm": options.clipNorm != nil, "average_decay": options.averageDecay != nil]
        for name in names where areSet[name]! { throw .badOption("\(recipe) takes no \(name)") }
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
    package func settled(_ digest: String?, in folder: String) throws -> RunConfiguration {
        guard let path = data else { return self }
        if let dataDigest, dataDigest != digest {
            throw TrainingError.otherData(folder: folder, data: path)
        }
        var result = self
        result.data = RunConfiguration.absolute(path)
        result.dataDigest = digest
        return result
    }

    /// The same with the settings that the data decide besides.
    func settled(_ prepared: PreparedRun, in folder: String) throws -> RunConfiguration {
        var result = try settled(prepared.digest, in: folder)
        result.settings.merge(prepared.found) { $1 }
        return result
    }

    /// The settings that cannot change within a run and differ from `saved`, as they are; data that have a digest may lie
    /// elsewhere.
    func differences(from saved: RunConfiguration) -> [String] {
        var result: [String] = []
        if recipe != saved.recipe { result.append("recipe \(recipe)") }
        if data.map(RunConfiguration.absolute) != saved.data.map(RunConfiguration.absolute),
            data == nil || saved.data == nil || saved.dataDigest == nil
        {
            result.append("--data \(data ?? "(what the program makes)")")
        }
        if learningRate != saved.learningRate { result.append("--lr \(learningRate)") }
        result += options.differences(from: saved.options)
        for choice in RunChoice.allCases where choices[choice] != saved.choices[choice] {
            result.append("\(choice) \(choices[choice].map { "\($0)" } ?? "(the recipe's)")")
        }
        for name in Set(settings.keys).union(saved.settings.keys).sorted()
        where settings[name] != saved.settings[name] {
            result.append("\(name) \(settings[name].map { "\($0)" } ?? "(not set)")")
        }
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

    func json() throws -> String { try RunConfiguration.json(self) }

    /// As the files of a run's folder have it.
    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
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

extension RunConfiguration: Codable {
    private enum CodingKeys: String, CodingKey {
        case recipe, data, settings
        case dataDigest = "data_digest"
        case learningRate = "learning_rate"
    }

    /// The options stand among the rest, not in a group of their own.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            recipe: try values.decode(String.self, forKey: .recipe),
            data: try values.decodeIfPresent(String.self, forKey: .data),
            learningRate: try values.decode(Double.self, forKey: .learningRate),
            options: try TrainingOptions(from: decoder),
            settings: try values.decodeIfPresent([String: Setting].self, forKey: .settings) ?? [:])
        dataDigest = try values.decodeIfPresent(String.self, forKey: .dataDigest)
        let named = try decoder.container(keyedBy: RunChoice.self)
        for choice in RunChoice.allCases {
            choices[choice] = try named.decodeIfPresent(Setting.self, forKey: choice)
        }
    }

    /// The options stand among the rest, not in a group of their own.
    public func encode(to encoder: any Encoder) throws {
        try options.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(recipe, forKey: .recipe)
        try values.encodeIfPresent(data, forKey: .data)
        try values.encodeIfPresent(dataDigest, forKey: .dataDigest)
        try values.encode(learningRate, forKey: .learningRate)
        var named = encoder.container(keyedBy: RunChoice.self)
        for (choice, setting) in choices { try named.encode(setting, forKey: choice) }
        if !settings.isEmpty { try values.encode(settings, forKey: .settings) }
    }
}
