import Apus
import ApusModels

/// The public names of everything of a kind: what `apus list KIND` shows, and what settings files name.
public struct Catalog: Sendable {
    /// Such as `optimizers`.
    public let kind: String
    /// What the entries are, in one line.
    public let about: String
    /// What the command, settings files or, where neither has names of this kind, code takes.
    public let entries: [Entry]
    /// What is left for code alone, of a kind of which settings files name some.
    public let codeEntries: [Entry]

    /// A name and what it stands for.
    public struct Entry: Sendable, Equatable {
        /// As it is written.
        public let name: String
        /// One line.
        public let about: String
        /// How code makes or calls it, such as `AdamW(_:learningRate:)`; nil for what only the command has.
        public let code: String?
        /// The names of what a settings file can set of it.
        public let settings: [String]
    }

    private init(
        _ kind: String, _ about: String, _ entries: [Entry], codeEntries: [Entry] = []
    ) {
        self.kind = kind
        self.about = about
        self.entries = entries
        self.codeEntries = codeEntries
    }

    /// Every kind.
    public static let all = [
        Catalog(
            "recipes", "what `apus train` takes",
            Recipe.all.map {
                Entry(name: $0.name, about: $0.summary, code: nil, settings: $0.settings.keys.sorted())
            }),
        Catalog(
            "models", "what `apus summary` takes",
            NamedModel.all.map {
                Entry(name: $0.name, about: "\($0.about); takes \($0.takes)", code: nil, settings: [])
            }),
        Catalog(
            "optimizers", "what `optimizer:` in settings takes", Declared.optimizers,
            NamedOptimizer.all.map { Named($0.name, $0.type, $0.about, settings: $0.settings) }),
        Catalog(
            "schedules", "what `schedule:` in settings takes", Declared.schedules,
            NamedSchedule.all.map { Named($0.name, $0.type, $0.about, settings: $0.settings) }),
        Catalog(
            "losses", "what `loss:` in settings takes", Declared.losses,
            NamedLoss.all.map { Named($0.name, $0.type, settings: $0.settings) }),
        Catalog(
            "metrics", "what `metrics:` in settings takes", Declared.metrics,
            NamedMetric.all.map { Named($0.name, $0.type, settings: $0.settings) }),
        Catalog(
            "initializers", "what `initializer:` in settings takes", Declared.initializers,
            NamedInitializer.all.map { Named($0.name, $0.type, settings: $0.settings) }),
        Catalog(
            "transforms", "what `augment:` in settings takes", Declared.transforms,
            NamedTransform.all.map { Named($0.name, $0.type, settings: $0.settings) }),
        Catalog("layers", "the modules that models are made of", Declared.layers.map(Entry.init)),
        Catalog("operations", "functions of tensors", Declared.operations.map(Entry.init)),
    ]

    /// What there is of this kind.
    /// - Throws: `TrainingError.badOption`, which lists the kinds there are.
    public static func of(_ kind: String) throws(TrainingError) -> Catalog {
        try all.entry(kind, "kind", \.kind)
    }
}

/// A name in settings of what is declared in code.
private struct Named {
    let name: String
    let type: String
    let about: String?
    let settings: [String]

    init(_ name: String, _ type: String, _ about: String? = nil, settings: [String]) {
        self.name = name
        self.type = type
        self.about = about
        self.settings = settings
    }
}

extension Catalog {
    /// What settings name, and what is left of what is declared.
    fileprivate init(_ kind: String, _ about: String, _ declared: [Declared], _ named: [Named]) {
        let entries = named.map { named in
            let code = declared.first { $0.name == named.type }
            return Entry(
                name: named.name, about: named.about ?? code?.about ?? "", code: code?.call,
                settings: named.settings)
        }
        let types = Set(named.map(\.type))
        self.init(
            kind, about, entries,
            codeEntries: declared.filter { !types.contains($0.name) }.map(Entry.init))
    }
}

extension Catalog.Entry {
    /// What code alone names.
    fileprivate init(_ declared: Declared) {
        self.init(name: declared.name, about: declared.about, code: declared.call, settings: [])
    }
}
