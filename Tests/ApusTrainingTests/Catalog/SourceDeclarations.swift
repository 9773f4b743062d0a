import Foundation

/// A public declaration as the sources have it.
struct SourceDeclaration {
    /// Such as `class`, `func` or `case`.
    let keyword: String
    let name: String
    /// The type it is a member of, or is added to by an extension.
    let owner: String?
    let isStatic: Bool
    /// What a type inherits from or conforms to, and what a `typealias` stands for.
    let parents: [String]
    /// The labels of its arguments, such as `(_:bias:)`; empty for what takes none.
    let labels: String
    /// The first sentence of its documentation, without the full stop.
    let about: String
    /// Its file, below the sources.
    let path: String
}

/// All that the sources declare in public.
struct SourceDeclarations {
    let all: [SourceDeclaration]
    private let types: [String: [SourceDeclaration]]
    /// Types with an initializer of their own, public or not: these inherit none.
    private let withInitializer: Set<String>

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    init() throws {
        let sources = Self.root.appending(path: "Sources")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: sources.path)
            .filter { $0.hasSuffix(".swift") && !$0.hasPrefix("ApusKernels/") }.sorted()
        var reader = SourceReader()
        for path in paths {
            reader.read(try String(contentsOf: sources.appending(path: path), encoding: .utf8), path)
        }
        (all, withInitializer) = (reader.found, reader.withInitializer)
        let kinds: Set = ["class", "struct", "enum", "protocol"]
        types = Dictionary(grouping: all.filter { kinds.contains($0.keyword) }, by: \.name)
    }

    /// Whether the type of this name descends from `ancestor`, or conforms to it.
    func isKind(_ name: String, of ancestor: String) -> Bool {
        (types[name] ?? []).contains { $0.parents.contains { $0 == ancestor || isKind($0, of: ancestor) } }
    }

    /// The types that descend from one, or conform to it.
    func types(of ancestor: String) -> [SourceDeclaration] {
        types.values.joined().filter { $0.keyword != "protocol" && isKind($0.name, of: ancestor) }
    }

    /// The labels of the initializer that others can call; nil where there is none.
    func initializer(of name: String) -> String? {
        if let own = all.first(where: { $0.keyword == "init" && $0.owner == name }) { return own.labels }
        if withInitializer.contains(name) { return nil }
        return types[name]?.first?.parents.lazy.compactMap { initializer(of: $0) }.first
    }
}

/// Goes through a file line by line. It knows Swift as this project formats it: members of types are indented by four
/// spaces, documentation stands right above what it is of.
private struct SourceReader {
    private var lines: [Substring] = []
    private var path = ""
    private(set) var found: [SourceDeclaration] = []
    private(set) var withInitializer = Set<String>()
    private var documentation: [Substring] = []
    private var owner: String?

    // Kept: an expression takes longer to be read than to be matched.
    private let type =
        /^(?:@\w+(?:\([^)]*\))? )*((?:\w+ )*?)(class|struct|enum|protocol|extension|typealias) (\w+)(<[^>]*>)?/
    private let member =
        /^ {4}(?:@\w+(?:\([^)]*\))? )*((?:[a-z]+(?:\(set\))? )*)(init|func|var|let|subscript|case)\b *([\w`]+|[^\s(]*)/
    private let fullStop = /\.(?= [A-Z`(]|$)/
    private let function = /^public func ([^\s(<]+)/

    mutating func read(_ text: String, _ path: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        self.path = path
        (documentation, owner) = ([], nil)
        for (index, line) in lines.enumerated() {
            let words = line.drop { $0 == " " }
            if words.hasPrefix("///") {
                documentation.append(words.dropFirst(3).drop { $0 == " " })
            } else if !words.hasPrefix("@") || words.contains(" ") {
                // Most lines are none, and expressions take their time to see that.
                let indentation = line.utf8.count - words.utf8.count
                if (indentation == 0 || indentation == 4) && words.first?.isLetter ?? false
                    || words.first == "@"
                {
                    declaration(line, index)
                }
                documentation = []
            }
        }
    }

    private mutating func declaration(_ line: Substring, _ index: Int) {
        if let match = line.prefixMatch(of: type) {
            let (keyword, name) = (String(match.2), String(match.3))
            if keyword != "typealias" { owner = name }
            if keyword == "extension" || !isPublic(match.1) { return }
            let rest = (line[match.range.upperBound...] + "\n" + text(from: index + 1))
                .drop { $0 != ":" && $0 != "=" && $0 != "{" }
            let end = rest.firstIndex(of: keyword == "typealias" ? "\n" : "{") ?? rest.endIndex
            add(
                keyword, name, nil, false, parents: rest[..<end].dropFirst().split(separator: ","), labels: ""
            )
        } else if let match = line.prefixMatch(of: function) {
            add("func", String(match.1), nil, false, labels: labels(index))
        } else if let match = line.prefixMatch(of: member), let owner {
            let keyword = String(match.2)
            if keyword == "init" { withInitializer.insert(owner) }
            if !isPublic(match.1) && keyword != "case" { return }
            let takes = keyword != "var" && keyword != "let"
            add(
                keyword, keyword == "init" ? "init" : String(match.3), owner, match.1.contains("static"),
                labels: takes ? labels(index) : "", isPrefix: match.1.contains("prefix"))
        }
    }

    private func isPublic(_ words: Substring) -> Bool { words.contains("public ") || words.contains("open ") }

    private mutating func add(
        _ keyword: String, _ name: String, _ owner: String?, _ isStatic: Bool, parents: [Substring] = [],
        labels: String, isPrefix: Bool = false
    ) {
        let plain = parents.map { parent in
            String(parent.drop { $0 == " " || $0 == "\n" }.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
        }
        found.append(
            SourceDeclaration(
                keyword: isPrefix ? "prefix" : keyword, name: name.filter { $0 != "`" }, owner: owner,
                isStatic: isStatic, parents: plain, labels: labels, about: sentence, path: path))
    }

    private func text(from index: Int) -> Substring {
        lines[index..<min(index + 20, lines.count)].joined(separator: "\n")[...]
    }

    /// The first sentence of the first paragraph.
    private var sentence: String {
        let paragraph = documentation.prefix { !$0.isEmpty }.joined(separator: " ")
        if paragraph.hasPrefix("- ") { return "" }
        let end = paragraph.firstRange(of: fullStop)?.lowerBound ?? paragraph.endIndex
        return String(paragraph[..<end]).replacing("``", with: "`")
    }

    /// What callers say of the arguments of the function that begins on a line, without those that they never say.
    private func labels(_ index: Int) -> String {
        let text = text(from: index)
        let head = text.prefix { $0 != "(" && $0 != "\n" }
        guard text[head.endIndex...].first == "(" else { return "" }
        var parts = [""]
        var depth = 0
        for character in text[head.endIndex...].dropFirst() {
            if "([{".contains(character) { depth += 1 }
            if ")]}".contains(character) { depth -= 1 }
            if depth < 0 { break }
            if character == "," && depth == 0 {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        let unsaid: Set = ["using", "file", "line", "sourceLocation"]
        let names = parts.map { part in
            part.contains(":")
                ? String(part.drop { $0 == " " || $0 == "\n" }.prefix { $0 != " " && $0 != ":" })
                : part.isEmpty ? "" : "_"
        }
        return "(" + names.filter { !$0.isEmpty && !unsaid.contains($0) }.map { "\($0):" }.joined() + ")"
    }
}
