import ApusTraining
import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    /// What `apus list` shows.
    @Suite struct List {
        let folder = TemporaryFolder()

        @Test func theKinds() throws {
            let result = try CommandTests.run("list", in: folder.path)
            #expect(result.status == 0 && result.errors == "")
            let kinds = result.output.split(separator: "\n").map { $0.split(separator: " ")[0] }
            #expect(
                kinds == [
                    "recipes", "models", "optimizers", "schedules", "losses", "metrics", "initializers",
                    "transforms", "layers", "operations",
                ])
        }

        /// In lines of eighty columns, each name at the beginning of one.
        @Test(arguments: Catalog.all.map(\.kind))
        func everyName(_ kind: String) throws {
            let result = try CommandTests.run("list", kind, in: folder.path)
            #expect(result.status == 0 && result.errors == "")
            let lines = result.output.split(separator: "\n")
            let names = Set(
                lines.filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
                    .map { String($0.split(separator: " ")[0]) })
            let catalog = try Catalog.of(kind)
            #expect(names == Set((catalog.entries + catalog.codeEntries).map(\.name)))
            #expect(!names.isEmpty && lines.allSatisfy { $0.count <= 100 })
            #expect(result.output.contains("For Swift code alone:") == !catalog.codeEntries.isEmpty)
        }

        @Test func whatThereIsToSet() throws {
            let result = try CommandTests.run("list", "losses", in: folder.path)
            #expect(result.output.contains("(label_smoothing)") && result.output.contains("CTCLoss"))
        }

        @Test func theNearestKindIsNamed() throws {
            let result = try CommandTests.run("list", "layer", in: folder.path)
            #expect(result.status == 64 && result.output == "")
            #expect(result.errors.contains("there is no kind 'layer'; there are: recipes, models, "))
            #expect(result.errors.contains("did you mean 'layers'?"))
        }
    }
}
