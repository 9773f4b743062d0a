import Apus
import ApusModels

/// The public names of everything of a kind: what `apus list KIND` shows, and what settings files name.
public struct Catalog: Sendable {
    /// Such as `optimizers`.
    public let kind: String
    /// What the entries are, in one line.
    public let about: String
    /// In the order in which they are listed.
    public let entries: [Entry]

    /// A name and what it stands for.
    public struct Entry: Sendable, Equatable {
        /// As it is written.
        public let name: String
        /// One line.
        public let about: String
    }

    /// Every kind.
    public static let all = [
        Catalog(
            kind: "recipes", about: "what `apus train` takes",
            entries: Recipe.all.map { Entry(name: $0.name, about: $0.summary) }),
        Catalog(
            kind: "models", about: "what `apus summary` takes",
            entries: NamedModel.all.map { Entry(name: $0.name, about: "\($0.about); takes \($0.takes)") }),
        Catalog(
            kind: "optimizers", about: "what `optimizer:` in settings takes",
            entries: NamedOptimizer.all.map { Entry(name: $0.name, about: $0.about) }),
        Catalog(
            kind: "schedules", about: "what `schedule:` in settings takes",
            entries: NamedSchedule.all.map { Entry(name: $0.name, about: $0.about) }),
    ]

    /// What there is of this kind.
    /// - Throws: `TrainingError.badOption`, which lists the kinds there are.
    public static func of(_ kind: String) throws(TrainingError) -> Catalog {
        try all.entry(kind, "kind", \.kind)
    }
}
