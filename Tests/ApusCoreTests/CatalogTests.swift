import Foundation
import Testing

/// Each public type stands in a topic of its target's documentation, and each topic names a type that is there.
///
/// Types inside others stand on the page of the outer one, and are not asked for.
@Suite struct CatalogTests {
    static let sources = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

    /// The targets with public types. Kernels are for the other targets alone and have no pages.
    static let targets =
        (try? FileManager.default.contentsOfDirectory(atPath: sources.path))?
        .filter { $0 != "ApusKernels" && (try? publicTypes(of: $0).isEmpty) == false }.sorted() ?? []

    private static func publicTypes(of target: String) throws -> Set<String> {
        let declaration =
            /^(?:@\w+(?:\([^)\n]*\))? )*(?:public|open) (?:final |indirect )*(?:class|struct|enum|protocol|actor|typealias) (\w+)/
            .anchorsMatchLineEndings()
        let folder = sources.appending(path: target)
        var names = Set<String>()
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        where path.hasSuffix(".swift") {
            let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
            names.formUnion(text.matches(of: declaration).map { String($0.1) })
        }
        return names
    }

    /// The links of the lists under "Topics".
    private static func topics(of target: String) throws -> [String] {
        let page = sources.appending(path: "\(target)/\(target).docc/\(target).md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let topics = text.components(separatedBy: "\n## Topics\n").dropFirst().joined()
        return topics.matches(of: /^- ``([^`]+)``/.anchorsMatchLineEndings()).map { String($0.1) }
    }

    @Test func theTargetsAreFound() {
        #expect(Set(Self.targets).isSuperset(of: ["Apus", "ApusCore", "ApusNN", "ApusTraining"]))
    }

    @Test(arguments: targets)
    func everyPublicTypeIsInATopic(_ target: String) throws {
        let missing = try Self.publicTypes(of: target).subtracting(Self.topics(of: target)).sorted()
        #expect(missing == [], "types in no topic of \(target).docc")
    }

    /// What is no type has a small letter, parentheses or a slash in its link, and is left to DocC.
    @Test(arguments: targets)
    func everyTopicIsThereOnce(_ target: String) throws {
        let topics = try Self.topics(of: target)
        let types = topics.filter { $0.wholeMatch(of: /[A-Z]\w*/) != nil }
        let gone = try Set(types).subtracting(Self.publicTypes(of: target)).sorted()
        #expect(gone == [], "topics of \(target).docc that name no public type")
        let twice = Dictionary(grouping: topics) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
        #expect(twice == [], "topics that \(target).docc has twice")
    }
}
