import Apus
import ApusModels
import Foundation
import Testing

@testable import ApusTraining

/// The catalogue has everything public of its kinds: `Declared.swift` is what the sources say.
@Suite struct DeclaredTests {
    private static let file = SourceDeclarations.root
        .appending(path: "Sources/ApusTraining/Catalog/Declared+All.swift")

    private static let sources = try? SourceDeclarations()

    private static func entries() throws -> [(kind: String, entries: [Declared])] {
        let sources = try #require(sources)
        return [
            ("layers", layers(sources)), ("losses", types(sources, "Module") { isLoss($0) }),
            ("optimizers", types(sources, "Optimizer")), ("schedules", schedules(sources)),
            ("initializers", initializers(sources)), ("metrics", types(sources, "Metric")),
            ("transforms", transforms(sources)), ("operations", try operations(sources)),
        ]
        .map { ($0, $1.sorted { ($0.name.lowercased(), $0.name) < ($1.name.lowercased(), $1.name) }) }
    }

    private static func isLoss(_ type: SourceDeclaration) -> Bool { type.path.hasPrefix("ApusNN/Losses/") }

    private static func types(
        _ sources: SourceDeclarations, _ ancestor: String,
        where isWanted: (SourceDeclaration) -> Bool = { _ in true }
    ) -> [Declared] {
        sources.types(of: ancestor).filter(isWanted).compactMap { type in
            sources.initializer(of: type.name).map { Declared(type.name, type.name + $0, type.about) }
        }
    }

    /// Modules that are no losses and no models. A type for any number of axes goes by its names for one, two and three.
    private static func layers(_ sources: SourceDeclarations) -> [Declared] {
        let models = Set(NamedModel.all.map { "\(type(of: $0.make()))" })
        return types(sources, "Module") { !isLoss($0) && !models.contains($0.name) }.flatMap { layer in
            let names = sources.all.filter { $0.keyword == "typealias" && $0.parents == [layer.name] }
            let labels = layer.call.dropFirst(layer.name.count)
            return names.isEmpty ? [layer] : names.map { Declared($0.name, $0.name + labels, $0.about) }
        }
    }

    private static func schedules(_ sources: SourceDeclarations) -> [Declared] {
        members(sources) {
            $0.owner == "Schedule" && $0.isStatic && $0.path.hasPrefix("ApusOptim/Schedules/")
        }
    }

    private static func initializers(_ sources: SourceDeclarations) -> [Declared] {
        members(sources) { $0.owner == "Initializer" && $0.keyword == "case" }
    }

    /// Of those of one name the first: the others are other ways to say the same.
    private static func members(
        _ sources: SourceDeclarations, where isWanted: (SourceDeclaration) -> Bool
    ) -> [Declared] {
        var seen = Set<String>()
        return sources.all.filter { isWanted($0) && seen.insert($0.name).inserted }
            .map { Declared($0.name, ".\($0.name)\($0.labels)", $0.about) }
    }

    private static func transforms(_ sources: SourceDeclarations) -> [Declared] {
        sources.all.filter {
            $0.keyword == "struct"
                && ($0.path.hasPrefix("ApusData/Transforms/")
                    || sources.isKind($0.name, of: "ImageTransform"))
        }
        .map { Declared($0.name, $0.name + (sources.initializer(of: $0.name) ?? "()"), $0.about) }
    }

    /// The functions in the files of `Operation.all`. An operator goes by its operation's name, beside a function it is
    /// another way to say the same.
    private static func operations(_ sources: SourceDeclarations) throws -> [Declared] {
        let kinds: Set = ["func", "prefix", "var", "init", "subscript"]
        let functions = sources.all.filter {
            $0.path.hasPrefix("Apus/Ops/") && kinds.contains($0.keyword)
                && ($0.owner == nil || $0.owner == "Tensor") && !$0.about.isEmpty
        }
        let files = Dictionary(grouping: functions) {
            URL(filePath: $0.path).deletingPathExtension().lastPathComponent.lowercased()
        }
        let operationNames = Set(Operation.all.map(\.name))
        return try Operation.all.flatMap { operation in
            let all = files[operation.name.lowercased()] ?? []
            let (operators, functions) = (all.filter(isOperator), all.filter { !isOperator($0) })
            let calls = unique(operators.filter { !isAssignment($0) }.map(call))
            if let first = operators.first, functions.isEmpty {
                return [Declared(operation.name, calls.joined(separator: ", "), first.about)]
            }
            let names = unique(functions.map(\.name))
            try #require(!names.isEmpty, "\(operation.name) has no documented function")
            return names.map { name in
                let first = functions.first { $0.name == name }!
                let more = name == names[0] ? calls : []
                // Not one that is another operation's, or no name at all.
                let isNamed =
                    (first.keyword == "func" || first.keyword == "var")
                    && (name == operation.name || !operationNames.contains(name))
                return Declared(
                    isNamed ? name : operation.name, ([call(first)] + more).joined(separator: ", "),
                    first.about)
            }
        }
    }

    private static func unique(_ names: [String]) -> [String] {
        var seen = Set<String>()
        return names.filter { seen.insert($0).inserted }
    }

    private static func isOperator(_ declaration: SourceDeclaration) -> Bool {
        declaration.name.first.map { !$0.isLetter } ?? false
    }

    private static func isAssignment(_ declaration: SourceDeclaration) -> Bool {
        declaration.name.hasSuffix("=") && !declaration.name.hasPrefix(".")
    }

    private static func call(_ declaration: SourceDeclaration) -> String {
        let (name, labels) = (declaration.name, declaration.labels)
        switch declaration.keyword {
        case "prefix": return "\(name)x"
        case "init": return "Tensor\(labels)"
        case "subscript": return "x[…]"
        default:
            if isOperator(declaration) { return "x \(name) y" }
            if declaration.owner == nil { return name + labels }
            return (declaration.isStatic ? "Tensor." : "x.") + name + labels
        }
    }

    /// The file as it should be.
    private static func text() throws -> String {
        func quoted(_ text: String) -> String {
            "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
        let tables = try entries().map { kind, entries in
            let lines = entries.map {
                "        Declared(\(quoted($0.name)), \(quoted($0.call)), \(quoted($0.about))),\n"
            }
            return "\n    static let \(kind): [Declared] = [\n\(lines.joined())    ]\n"
        }
        return """
            // Written by `make catalog` from the documentation comments of the sources: change those.
            // swift-format-ignore-file

            extension Declared {\(tables.joined())}

            """
    }

    @Test func everythingPublicHasItsName() throws {
        let text = try Self.text()
        if ProcessInfo.processInfo.environment["APUS_WRITE_CATALOG"] != nil {
            try text.write(to: Self.file, atomically: true, encoding: .utf8)
            return
        }
        func lines(_ text: String) -> Set<Substring> { Set(text.split(separator: "\n")) }
        let old = try String(contentsOf: Self.file, encoding: .utf8)
        let (missing, gone) = (lines(text).subtracting(lines(old)), lines(old).subtracting(lines(text)))
        #expect(
            text == old,
            """
            `make catalog` writes the catalogue anew. It lacks:
            \(missing.sorted().joined(separator: "\n"))
            and has, though it is not in the sources:
            \(gone.sorted().joined(separator: "\n"))
            """)
    }

    @Test func theSourcesAreRead() throws {
        let found = Dictionary(uniqueKeysWithValues: try Self.entries().map { ($0.kind, $0.entries) })
        for (kind, entries) in found {
            for entry in entries { #expect(!entry.about.isEmpty, "\(kind): \(entry.name)") }
            #expect(Set(entries.map(\.name)).count == entries.count, "\(kind)")
        }
        func call(_ kind: String, _ name: String) -> String? { found[kind]?.first { $0.name == name }?.call }
        #expect(call("layers", "Conv2d") != nil && call("layers", "Conv") == nil)
        #expect(call("layers", "ReLU") == "ReLU()" && call("layers", "ResNetBasicBlock") != nil)
        #expect(call("layers", "ResNet") == nil && call("layers", "MSELoss") == nil)
        #expect(
            call("losses", "HuberLoss") == "HuberLoss(delta:reduction:)" && call("losses", "CTCLoss") != nil)
        #expect(call("optimizers", "AdamW") != nil && call("optimizers", "Optimizer") == nil)
        #expect(
            call("schedules", "oneCycle") != nil && call("initializers", "orthogonal") == ".orthogonal(gain:)"
        )
        #expect(call("metrics", "F1") == "F1(_:)" && call("transforms", "MixUp") == "MixUp(alpha:)")
        #expect(call("operations", "softmax") == "x.softmax(axis:mask:)")
        #expect(call("operations", "add") == "x + y")
        #expect(call("operations", "conv2d") != nil && call("operations", "sqrt") == "x.sqrt()")
    }
}
