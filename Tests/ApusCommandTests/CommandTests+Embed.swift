import Foundation
import Testing
import _ApusTestSupport

extension CommandTests {
    /// `apus embed`.
    @Suite struct Embed {
        let folder = TemporaryFolder()
        private static let model = "\(#filePath)".replacing(
            "ApusCommandTests/CommandTests+Embed.swift", with: "Fixtures/sentences")

        private func embed(_ arguments: String..., weights: String = Embed.model) throws -> Result {
            try CommandTests.finish(
                CommandTests.start(["embed", "--weights", weights] + arguments, in: folder.path))
        }

        @Test func textsAreCompared() throws {
            let result = try embed(
                "The cat sits on the mat.", "The cat sits on the mat.", "A Déjà-vu moment!")
            #expect(result.status == 0, "\(result.errors)")
            let lines = result.output.split(separator: "\n")
            #expect(
                lines.count == 3 && lines[0] == lines[1] && lines[0] == " 1.0000  The cat sits on the mat.")
            #expect(lines[2].hasSuffix("  A Déjà-vu moment!"))
        }

        @Test func aFileOfTextsAndJSON() throws {
            try Data("one\r\n\ntwo three\n".utf8).write(to: URL(filePath: "\(folder.path)/texts.txt"))
            let result = try embed("--file", "texts.txt", "--json")
            struct Row: Decodable {
                let text: String
                let vector: [Float]
            }
            let rows = try result.output.split(separator: "\n").map {
                try JSONDecoder().decode(Row.self, from: Data($0.utf8))
            }
            #expect(rows.map(\.text) == ["one", "two three"])
            #expect(rows.allSatisfy { $0.vector.count == 16 })
            let length = rows[0].vector.reduce(0) { $0 + $1 * $1 }
            #expect(abs(length - 1) < 1e-5)
        }

        @Test func mistakesAreSaid() throws {
            let none = try embed("text", weights: "nowhere")
            #expect(none.status == 1 && none.errors == "apus: nowhere/config.json: no such file\n")
            let nothing = try embed()
            #expect(
                nothing.status == 64 && nothing.errors.contains("give texts, or a file of them with --file"))
        }
    }
}
