import ApusNN
import Foundation
import Testing

@testable import ApusModels

/// The table behind `apus models` is what the models are, and they are what was published.
@Suite struct ModelFactsTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Sources/ApusModels/Catalog/ModelFacts+All.swift").standardized

    private static func facts(_ model: NamedModel) throws -> ModelFacts {
        let summary = try model.summary()
        let last = summary.layers.last {
            $0.output.count == 4 && $0.output.dropFirst().allSatisfy { $0 > 1 } && !$0.receptiveField.isEmpty
        }
        let field = last?.receptiveField[0]
        return ModelFacts(
            summary.parameters, summary.multiplyAdds, field.flatMap { $0.isWhole ? nil : $0.size })
    }

    @Test func theTableIsWhatTheModelsAre() throws {
        let found = try NamedModel.all.map { ($0.name, try Self.facts($0)) }
        if ProcessInfo.processInfo.environment["APUS_WRITE_CATALOG"] != nil {
            let lines = found.map { name, facts in
                let field = facts.receptiveField.map { "\($0)" } ?? "nil"
                return "        \"\(name)\": .init(\(facts.parameters), \(facts.multiplyAdds), \(field)),"
            }
            let text = """
                // Written by `make catalog`; a test fails where it is not what the models are.

                extension ModelFacts {
                    static let all: [String: ModelFacts] = [
                \(lines.joined(separator: "\n"))
                    ]
                }

                """
            try text.write(to: Self.file, atomically: true, encoding: .utf8)
            return
        }
        #expect(ModelFacts.all.count == found.count)
        for (name, facts) in found { #expect(ModelFacts.all[name] == facts, "\(name)") }
    }

    /// Published costs have few digits: those of the last one are not told apart.
    @Test(arguments: NamedModel.all.filter { $0.published != nil })
    func theModelsAreWhatWasPublished(_ model: NamedModel) throws {
        let published = try #require(model.published)
        let facts = try #require(ModelFacts.all[model.name])
        #expect(facts.parameters == published.parameters)
        let difference = abs(Double(facts.multiplyAdds) - published.multiplyAdds)
        // Costs below 100 M are published in whole ones.
        let allowed = max(0.01 * published.multiplyAdds, 0.5e6)
        #expect(difference <= allowed, "\(model.name): \(facts.multiplyAdds)")
    }
}
