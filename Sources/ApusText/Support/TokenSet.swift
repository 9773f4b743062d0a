/// The tokens of a tokenizer: those of its model, those that were added, and those around each text.
struct TokenSet: Sendable {
    let model: Vocabulary
    /// By their numbers, some of which may be the model's.
    let added: [AddedToken]
    let before: [Int]
    let after: [Int]
    /// One more than the largest token.
    let size: Int
    /// In order.
    let special: [Int]
    private let contents: [Int: String]
    private let raw: AddedTokenMatcher
    private let normalized: AddedTokenMatcher
    /// Whether tokens are looked for in normalized text.
    let hasNormalized: Bool

    /// - Parameter form: what makes the normalized form of a text; nil where it stays as it is.
    /// - Throws: a `Fault` that says which tokens contradict each other.
    init(
        model: Vocabulary, added: [AddedToken], before: [Int], after: [Int],
        form: ((String) -> String)? = nil
    ) throws(Fault) {
        self.model = model
        self.added = added.sorted { $0.id < $1.id }
        self.before = before
        self.after = after
        var contents: [Int: String] = [:]
        for token in added {
            if let other = contents.updateValue(token.content, forKey: token.id) {
                throw Fault(
                    reason: "expected one added token of number \(token.id), found \(quoted(other)) and "
                        + quoted(token.content))
            }
            if let id = model.id(of: token.content), id != token.id {
                throw Fault(
                    reason: "expected the added token \(quoted(token.content)) to be token \(id) as in the "
                        + "vocabulary, found \(token.id)")
            }
            if let name = model.name(of: token.id), !name.utf8.elementsEqual(token.content.utf8) {
                throw Fault(
                    reason: "expected token \(token.id) to be \(quoted(name)) as in the vocabulary, found "
                        + "\(quoted(token.content)) added")
            }
        }
        size = max(model.size, (contents.keys.max() ?? -1) + 1)
        for id in before + after where contents[id] == nil && model.bytes(of: id) == nil {
            throw Fault(reason: "expected tokens of the vocabulary around texts, found \(id)")
        }
        self.contents = contents
        special = self.added.filter(\.isSpecial).map(\.id)
        raw = AddedTokenMatcher(added.filter { !$0.isNormalized })
        normalized = AddedTokenMatcher(added.filter(\.isNormalized), form: form)
        hasNormalized = added.contains(where: \.isNormalized)
    }

    /// Tokens that contradict each other.
    struct Fault: Error {
        let reason: String
    }

    func name(of id: Int) -> String? { contents[id] ?? model.name(of: id) }

    /// The text of an added token.
    func content(of id: Int) -> String? { contents[id] }

    func id(of name: String) -> Int? {
        added.first { $0.content.utf8.elementsEqual(name.utf8) }?.id ?? model.id(of: name)
    }

    /// The tokens of a text: added ones as they are found, what lies between as `encode` adds it.
    ///
    /// - Parameter form: what makes the normalized form of a text; nil where `encode` takes it as it is.
    func tokens(
        in text: String, form: ((String) -> String)?,
        _ encode: (UnsafeBufferPointer<UInt8>, inout [Int]) -> Void
    ) -> [Int] {
        var result: [Int] = []
        Self.withBytes(of: text) { bytes in
            for part in raw.parts(of: bytes) {
                if let id = part.id {
                    result.append(id)
                    continue
                }
                let between = UnsafeBufferPointer(rebasing: bytes[part.range])
                if let form {
                    Self.withBytes(of: form(String(decoding: between, as: UTF8.self))) {
                        encodeParts(of: $0, to: &result, encode)
                    }
                } else {
                    encodeParts(of: between, to: &result, encode)
                }
            }
        }
        return result
    }

    private func encodeParts(
        of text: UnsafeBufferPointer<UInt8>, to result: inout [Int],
        _ encode: (UnsafeBufferPointer<UInt8>, inout [Int]) -> Void
    ) {
        for part in normalized.parts(of: text) {
            if let id = part.id {
                result.append(id)
            } else {
                encode(UnsafeBufferPointer(rebasing: text[part.range]), &result)
            }
        }
    }

    private static func withBytes(of text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        var text = text
        text.withUTF8(body)
    }
}
