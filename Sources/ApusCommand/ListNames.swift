import ApusTraining
import ArgumentParser

struct ListNames: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List what there is of a kind: recipes, optimizers, schedules and so on.",
        discussion: """
            Names are those that settings files and the command line take.

            Kinds:
            \(Listing.kinds)

            Examples:
              apus list recipes
              apus list optimizers
            """)

    @Argument(help: "The kind.", completion: .list(Catalog.all.map(\.kind)))
    var kind: String

    func validate() throws {
        do { _ = try Catalog.of(kind) } catch {
            throw ValidationError(error.description)
        }
    }

    func run() throws {
        try writeLine(Listing.table(Catalog.of(kind).entries.map { ($0.name, $0.about) }))
    }
}
