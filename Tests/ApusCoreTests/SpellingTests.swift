import Foundation
import Testing

/// Names of files and in code are spelled as the field spells them, in American English. Comments and messages need not
/// be.
@Suite struct SpellingTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

    private static let british = [
        "analyse", "artefact", "behaviour", "catalogue", "centre", "centring", "colour", "factoris", "favour",
        "flavour", "generalis", "grey", "honour", "initialis", "labelled", "labelling", "linearis", "maximis",
        "minimis", "modelled", "modelling", "neighbour", "normalis", "optimis", "organis", "parametris",
        "quantis", "randomis", "recognis", "regularis", "serialis", "specialis", "standardis", "summaris",
        "symmetris", "synchronis", "tokenis", "utilis", "vectoris", "visualis",
    ]

    private func isBritish(_ text: some StringProtocol) -> Bool {
        let text = text.lowercased()
        return Self.british.contains { text.contains($0) }
    }

    @Test func namesAreAmerican() throws {
        var files = 0
        for path in try FileManager.default.subpathsOfDirectory(atPath: Self.sources.path)
        where path.hasSuffix(".swift") {
            files += 1
            if isBritish(path) { Issue.record("\(path) has a British name") }
            let text = try String(contentsOf: Self.sources.appending(path: path), encoding: .utf8)
            if isBritish(text) { checkLines(of: text, path) }
        }
        #expect(files > 700)
    }

    private func checkLines(of text: String, _ path: String) {
        var isInText = false
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let quotes = line.ranges(of: "\"\"\"").count
            if !isInText && quotes == 0 && isBritish(line) {
                let code = line.replacing(/"(\\.|[^"\\])*"/, with: "").replacing(/\/\/.*/, with: "")
                if isBritish(code) { Issue.record("\(path):\(number + 1) has a British name: \(line)") }
            }
            if quotes % 2 == 1 { isInText.toggle() }
        }
    }
}
