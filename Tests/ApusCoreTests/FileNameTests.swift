import Foundation
import Testing

/// A reader finds a type by its name: a file that holds one public type is called after it (`Type.swift`, or
/// `Type+Aspect.swift`); one that holds several after one of them, or by what their names share.
@Suite struct FileNameTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

    /// Families of tiny types.
    private static let families = [
        "Activations", "BinaryCrossEntropyLosses", "EmbeddingLosses", "LikelihoodLosses", "MarginLosses",
        "NoiseLosses",
        "RegressionLosses", "VectorDistances", "ClassMetrics", "ErrorMetrics", "RandomFlips",
        "RecurrentCells",
    ]

    @Test func filesAreNamedAfterTheirTypes() throws {
        let declaration =
            /^(?:@\w+(?:\([^)\n]*\))? )*(?:public|open|package) (?:final |indirect )*(?:class|struct|enum|protocol|actor) (\w+)/
            .anchorsMatchLineEndings()
        var checked = 0
        for path in try FileManager.default.subpathsOfDirectory(atPath: Self.sources.path)
        where path.hasSuffix(".swift") {
            let text = try String(contentsOf: Self.sources.appending(path: path), encoding: .utf8)
            let types = text.matches(of: declaration).map { String($0.1) }
            let file = URL(filePath: path).deletingPathExtension().lastPathComponent
            let name = String(file.prefix { $0 != "+" })
            if types.isEmpty || Self.families.contains(name) { continue }
            checked += 1
            let isRight =
                types.contains(name) || (types.count > 1 && types.allSatisfy { $0.contains(name) })
            #expect(isRight, "\(path) holds \(types.joined(separator: ", "))")
        }
        #expect(checked > 200)
    }
}
