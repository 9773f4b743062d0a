import ApusNN
import Foundation
import Testing

/// The list of layers that other suites go through leaves no file out.
@Suite struct LayerListTests {
    @Test func everyFileHasALayerInTheList() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources/ApusNN/Layers")
        let listed = Set(LayerCase.all.map { String("\(type(of: $0.make()))".prefix { $0 != "<" }) })
        let declared = /^public (?:final )?class (\w+)[^{]*\bLayer\b[^{]*\{/.anchorsMatchLineEndings()
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        where path.hasSuffix(".swift") {
            let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
            let classes = text.matches(of: /class (\w+)/).map { String($0.1) }
            if !text.contains(declared) || !listed.isDisjoint(with: classes) { continue }
            Issue.record("\(path): none of \(classes) is in LayerCase.all")
        }
    }
}
