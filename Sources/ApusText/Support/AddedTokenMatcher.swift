/// Finds added tokens in text: at each place the longest, from left to right.
///
/// As Hugging Face's `AddedVocabulary` does it.
struct AddedTokenMatcher: Sendable {
    private struct Pattern {
        let bytes: [UInt8]
        let token: AddedToken
    }

    /// A part of a text: an added token, or what lies between two.
    struct Part {
        let range: Range<Int>
        let id: Int?
    }

    /// By their first byte; the longest first.
    private let patterns: [[Pattern]]
    private let isEmpty: Bool

    /// - Parameter form: what makes of a token what is looked for.
    init(_ tokens: [AddedToken], form: ((String) -> String)? = nil) {
        var patterns = [[Pattern]](repeating: [], count: 256)
        for token in tokens {
            let bytes = Array((form?(token.content) ?? token.content).utf8)
            guard let first = bytes.first else { continue }
            patterns[Int(first)].append(Pattern(bytes: bytes, token: token))
        }
        for index in patterns.indices {
            patterns[index].sort { ($1.bytes.count, $0.token.id) < ($0.bytes.count, $1.token.id) }
        }
        self.patterns = patterns
        isEmpty = tokens.isEmpty
    }

    /// The parts of a text, in order, none of them empty.
    func parts(of text: UnsafeBufferPointer<UInt8>) -> [Part] {
        if isEmpty { return text.isEmpty ? [] : [Part(range: 0..<text.count, id: nil)] }
        var parts: [Part] = []
        var done = 0
        var position = 0
        while position < text.count {
            guard let found = pattern(in: text, at: position) else {
                position += 1
                continue
            }
            var start = position
            var end = position + found.bytes.count
            // A token that begins with white space is found even where that belongs to this one.
            position = end
            let token = found.token
            if token.isSingleWord, touchesWord(text, start, end) { continue }
            if token.stripsLeft {
                while start > done, case let (scalar, width) = UTF8Scalars.scalar(text, before: start),
                    scalar.properties.isWhitespace
                { start -= width }
            }
            if token.stripsRight {
                while end < text.count, case let (scalar, width) = UTF8Scalars.scalar(text, at: end),
                    scalar.properties.isWhitespace
                { end += width }
            }
            if done < start { parts.append(Part(range: done..<start, id: nil)) }
            parts.append(Part(range: start..<end, id: token.id))
            done = end
        }
        if done < text.count { parts.append(Part(range: done..<text.count, id: nil)) }
        return parts
    }

    private func pattern(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> Pattern? {
        patterns[Int(text[position])].first { pattern in
            pattern.bytes.count <= text.count - position
                && UnsafeBufferPointer(rebasing: text[position..<position + pattern.bytes.count])
                    .elementsEqual(pattern.bytes)
        }
    }

    private func touchesWord(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
        (start > 0 && Self.isOfWord(UTF8Scalars.scalar(text, before: start).scalar))
            || (end < text.count && Self.isOfWord(UTF8Scalars.scalar(text, at: end).scalar))
    }

    /// What `\w` means in Unicode's regular expressions (UTS 18).
    private static func isOfWord(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isAlphabetic || scalar.properties.isJoinControl { return true }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
        default: return false
        }
    }
}
