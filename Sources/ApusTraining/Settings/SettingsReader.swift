import Apus

/// Takes values out of a group of settings, each by its name and type, and finds what nobody has asked for.
///
/// ```swift
/// var settings = SettingsReader(group, of: "optimizer adamw")
/// let decay = try settings.number("weight_decay") ?? 0.01
/// try settings.finish()
/// ```
public struct SettingsReader {
    private let values: [String: Setting]
    private let owner: String
    /// The names that were asked for so far.
    private(set) var known: [String] = []

    /// - Parameter owner: whose settings they are, for errors, such as `optimizer adamw`.
    public init(_ values: [String: Setting], of owner: String) {
        self.values = values
        self.owner = owner
    }

    /// The value of this name, whatever it is; nil where it is not set.
    public mutating func value(_ name: String) -> Setting? {
        known.append(name)
        return values[name]
    }

    /// - Throws: `TrainingError.badOption` where the value is no number.
    public mutating func number(_ name: String) throws(TrainingError) -> Double? {
        try take(name, "a number", \.asNumber)
    }

    /// - Throws: `TrainingError.badOption` where the value is no whole number.
    public mutating func int(_ name: String) throws(TrainingError) -> Int? {
        try take(name, "a whole number", \.asInt)
    }

    /// - Throws: `TrainingError.badOption` where the value is no text.
    public mutating func text(_ name: String) throws(TrainingError) -> String? {
        try take(name, "a word", \.asText)
    }

    /// - Throws: `TrainingError.badOption` where the value is neither true nor false.
    public mutating func bool(_ name: String) throws(TrainingError) -> Bool? {
        try take(name, "true or false", \.asBool)
    }

    /// - Throws: `TrainingError.badOption` where the value is not a list of so many numbers.
    public mutating func numbers(_ name: String, count: Int? = nil) throws(TrainingError) -> [Double]? {
        let wanted = count.map { "a list of \($0) numbers" } ?? "a list of numbers"
        return try take(name, wanted) { setting in
            guard case .list(let items) = setting, count == nil || items.count == count else { return nil }
            let numbers = items.compactMap(\.asNumber)
            return numbers.count == items.count ? numbers : nil
        }
    }

    /// - Parameters:
    ///   - wanted: what the number must be, for the error.
    ///   - isRight: whether it is.
    /// - Throws: `TrainingError.badOption` where the value is no such number.
    mutating func number(_ name: String, _ wanted: String, _ isRight: (Double) -> Bool) throws(TrainingError)
        -> Double?
    {
        guard let value = try number(name) else { return nil }
        if !isRight(value) { throw bad(name, "\(value)", wanted) }
        return value
    }

    /// What is said of a value that cannot be.
    func bad(_ name: String, _ value: String, _ wanted: String) -> TrainingError {
        .badOption("\(owner): \(name) is \(value); it must be \(wanted)")
    }

    private mutating func take<Value>(
        _ name: String, _ wanted: String, _ convert: (Setting) -> Value?
    ) throws(TrainingError) -> Value? {
        guard let setting = value(name) else { return nil }
        if let value = convert(setting) { return value }
        throw bad(name, "\(setting)", wanted)
    }

    /// - Throws: `TrainingError.badOption` where a name is left that nobody has asked for, with the nearest that there is.
    public func finish() throws(TrainingError) {
        guard let name = values.keys.sorted().first(where: { !known.contains($0) }) else { return }
        let hint =
            nearest(to: name, in: known).map { "did you mean '\($0)'?" }
            ?? (known.isEmpty ? "it has no settings" : "there are: \(known.joined(separator: ", "))")
        throw .badOption("\(owner): there is no setting '\(name)'; \(hint)")
    }
}
