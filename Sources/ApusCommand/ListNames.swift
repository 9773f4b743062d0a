import ApusTraining
import ArgumentParser

struct ListNames: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List what there is of a kind: recipes, optimizers, layers and so on.",
        discussion: """
            Names are those that settings files and the command line take, or code where neither has any; in parentheses is \
            what a settings file can set of each.

            Kinds:
            \(Listing.kinds)

            Examples:
              apus list
              apus list optimizers
              apus list layers
            """)

    @Argument(
        help: "The kind; the kinds there are where it is left out.",
        completion: .list(Catalog.all.map(\.kind)))
    var kind: String?

    func validate() throws {
        guard let kind else { return }
        do { _ = try Catalog.of(kind) } catch {
            throw ValidationError(error.description)
        }
    }

    func run() throws {
        guard let kind else { return try writeLine(Listing.kinds) }
        let catalog = try Catalog.of(kind)
        try writeLine(Listing.table(catalog.entries.map(row)))
        if catalog.codeEntries.isEmpty { return }
        try writeLine("\nFor Swift code alone:\n" + Listing.table(catalog.codeEntries.map(row)))
    }

    private func row(_ entry: Catalog.Entry) -> (name: String, text: String) {
        let settings = entry.settings.isEmpty ? "" : " (\(entry.settings.joined(separator: ", ")))"
        return (entry.name, entry.about + settings)
    }
}
