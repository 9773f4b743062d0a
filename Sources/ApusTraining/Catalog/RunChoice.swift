import Apus

/// What a run can have in the place of its recipe's own, each by names of the catalogue.
public enum RunChoice: String, CaseIterable, CodingKey, Sendable {
    /// How weights are stepped.
    case optimizer
    /// How the learning rate goes.
    case schedule
    /// What is made small.
    case loss
    /// What evaluations measure: a name, or a list of them.
    case metrics
    /// How the weights with two axes or more are drawn at the start.
    case initializer
    /// What is done to pictures before the model learns from them, one after another: a name, or a list of them.
    case augment

    /// Its name in settings.
    public var description: String { rawValue }
}

/// What predictions are compared with: that decides which losses and metrics there can be.
public enum TargetKind: Sendable {
    /// Scores of classes, [samples, classes], with class numbers, [samples].
    case classes
    /// Numbers with as many numbers, from 0 to 1.
    case numbers

    /// What it is, for errors.
    var name: String { self == .classes ? "classes" : "numbers" }
}

extension Setting {
    /// The name and the settings of what is named: a word, or a group with a `name`.
    func entry(_ kind: String) throws(TrainingError) -> (name: String, settings: [String: Setting]) {
        switch self {
        case .text(let name): return (name, [:])
        case .group(var values):
            if case .text(let name)? = values.removeValue(forKey: "name") { return (name, values) }
            throw .badOption("\(kind): it has no name")
        default: throw .badOption("\(kind) is \(self); it must be a name, or a group with a name")
        }
    }

    /// Those of a list; of anything else it alone.
    func entries(_ kind: String) throws(TrainingError) -> [(name: String, settings: [String: Setting])] {
        guard case .list(let items) = self else { return [try entry(kind)] }
        var result: [(name: String, settings: [String: Setting])] = []
        for item in items { result.append(try item.entry(kind)) }
        return result
    }
}

extension SettingsReader {
    /// What `make` makes of settings, all of which it must have asked for.
    static func make<Value>(
        _ settings: [String: Setting], of owner: String, _ make: (inout SettingsReader) throws -> Value
    ) throws -> Value {
        var reader = SettingsReader(settings, of: owner)
        let value = try make(&reader)
        try reader.finish()
        return value
    }

    /// The names that `make` asks for where nothing is set.
    static func names(_ make: (inout SettingsReader) throws -> some Any) -> [String] {
        var reader = SettingsReader([:], of: "")
        _ = try? make(&reader)
        return reader.known
    }

    /// A number from 0 up.
    mutating func positive(_ name: String) throws(TrainingError) -> Double? {
        try number(name, "at least 0") { $0 >= 0 && $0.isFinite }
    }

    /// A number above 0.
    mutating func aboveZero(_ name: String) throws(TrainingError) -> Double? {
        try number(name, "above 0") { $0 > 0 && $0.isFinite }
    }

    /// A number in a range.
    mutating func number(
        _ name: String, in range: ClosedRange<Double>
    ) throws(TrainingError) -> Double? {
        try number(name, "from \(range.lowerBound) to \(range.upperBound)") { range.contains($0) }
    }

    /// A number from 0 to below 1.
    mutating func share(_ name: String) throws(TrainingError) -> Double? {
        try number(name, "at least 0 and below 1") { 0..<1 ~= $0 }
    }

    /// A number from 0 to 1.
    mutating func probability(_ name: String) throws(TrainingError) -> Double? {
        try number(name, "at least 0 and at most 1") { 0...1 ~= $0 }
    }

    /// A whole number in a range.
    mutating func int(_ name: String, in range: ClosedRange<Int>) throws(TrainingError) -> Int? {
        guard let value = try int(name) else { return nil }
        if !range.contains(value) {
            throw bad(name, "\(value)", "from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// Two numbers of which the first is not above the second, both within `bounds`.
    mutating func range(
        _ name: String, in bounds: ClosedRange<Double>
    ) throws(TrainingError) -> ClosedRange<Double>? {
        guard let ends = try numbers(name, count: 2) else { return nil }
        if !(ends[0] <= ends[1] && bounds.contains(ends[0]) && bounds.contains(ends[1])) {
            throw bad(
                name, "\(ends)", "from \(bounds.lowerBound) to \(bounds.upperBound), the lower number first")
        }
        return ends[0]...ends[1]
    }

    /// One of several words.
    mutating func choice<Value>(_ name: String, _ values: KeyValuePairs<String, Value>) throws(TrainingError)
        -> Value?
    {
        guard let word = try text(name) else { return nil }
        guard let value = values.first(where: { $0.key == word })?.value else {
            let words = values.map(\.key)
            let hint = nearest(to: word, in: words).map { "; did you mean '\($0)'?" } ?? ""
            throw bad(name, word, words.joined(separator: " or ") + hint)
        }
        return value
    }
}
