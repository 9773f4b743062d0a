import Foundation
import Testing
import _ApusTestSupport

@testable import Apus

/// The list of operations is complete: every file has its entry, every entry its file and its values.
@Suite struct CompletenessTests {
    static let operations = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources/Apus/Ops")

    /// Names of the files under `Ops` that describe an operation, in small letters.
    static func fileNames() throws -> Set<String> {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: operations.path)
        let names = try paths.filter { $0.hasSuffix(".swift") }.filter { path in
            let text = try String(contentsOf: operations.appending(path: path), encoding: .utf8)
            return path != "Operations.swift" && text.contains("extension Operation {")
        }
        .map { URL(filePath: $0).deletingPathExtension().lastPathComponent }
        return Set(names.map { $0.lowercased() })
    }

    @Test func everyFileIsInTheListAndEveryEntryHasAFile() throws {
        let listed = Operation.all.map { $0.name.lowercased() }
        #expect(Set(listed).count == listed.count, "an operation is listed twice")
        let files = try CompletenessTests.fileNames()
        #expect(files.subtracting(listed) == [], "operations missing from Operation.all")
        #expect(Set(listed).subtracting(files) == [], "entries of Operation.all without a file of their name")
    }

    @Test(arguments: Operation.all)
    func everyOperationHasSamplesAndGoldenValues(_ operation: Operation) throws {
        #expect(!operation.samples.isEmpty)
        #expect(
            FileManager.default.fileExists(atPath: "\(OperationCase.directory)/\(operation.name).safetensors")
        )
    }
}

extension Operation: CustomTestStringConvertible {
    /// The name, instead of the whole value.
    public var testDescription: String { name }
}
