import ApusTraining
import Foundation
import Testing

/// `Documentation/Catalog.md` is what the catalogue says.
@Suite struct CatalogPageTests {
    private static let file = SourceDeclarations.root.appending(path: "Documentation/Catalog.md")

    private static func page() -> String {
        let sections = Catalog.all.map { catalog in
            let title = catalog.kind.prefix(1).uppercased() + catalog.kind.dropFirst()
            var parts = ["## \(title)", "\(sentence(catalog.about)).", table(catalog.entries)]
            if !catalog.codeEntries.isEmpty {
                parts += ["For Swift code alone:", table(catalog.codeEntries)]
            }
            return parts.joined(separator: "\n\n")
        }
        return """
            # Catalogue

            Everything that has a public name: what the command `apus`, settings files and code call it. `apus list KIND` shows
            a kind in the terminal. `make catalog` writes this page from the documentation comments of the sources.

            A settings file names what a run is to have in the place of its recipe's own, and what it can set of each is in
            the tables:

            ```yaml
            optimizer: {name: adamw, weight_decay: 0.05}
            schedule: {name: cosine, warm_up: 2}
            loss: {name: cross-entropy, label_smoothing: 0.1}
            metrics: [accuracy, {name: accuracy, top: 3}, f1]
            initializer: {name: orthogonal, gain: 1.4}
            augment: [{name: random-rotation, degrees: 10}, random-crop]
            ```

            \(sections.joined(separator: "\n\n"))

            """
    }

    private static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    /// Columns that are empty in all rows are left out, and names that the call begins with anyway.
    private static func table(_ entries: [Catalog.Entry]) -> String {
        let repeats = entries.allSatisfy { $0.code?.contains($0.name) ?? false }
        let columns: [(title: String, cell: (Catalog.Entry) -> String)] = [
            ("name", { repeats ? "" : "`\($0.name)`" }),
            ("in Swift", { ($0.code ?? "").isEmpty ? "" : "`\($0.code!)`" }),
            ("what it is", { $0.about }),
            ("settings", { $0.settings.map { "`\($0)`" }.joined(separator: ", ") }),
        ]
        .filter { column in entries.contains { !column.cell($0).isEmpty } }
        let rows =
            [columns.map(\.title), columns.map { _ in "---" }]
            + entries.map { entry in
                columns.map { $0.cell(entry).replacing("|", with: "\\|") }
            }
        return rows.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
    }

    @Test func thePageIsTheCatalogue() throws {
        if ProcessInfo.processInfo.environment["APUS_WRITE_CATALOG"] != nil {
            try Self.page().write(to: Self.file, atomically: true, encoding: .utf8)
            return
        }
        let isCurrent = try String(contentsOf: Self.file, encoding: .utf8) == Self.page()
        #expect(isCurrent, "`make catalog` writes Documentation/Catalog.md anew")
    }
}
