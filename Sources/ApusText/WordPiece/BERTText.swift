import Foundation

/// What BERT makes of text before it looks for pieces: cleaned, in small letters, cut at white space and punctuation.
///
/// As Hugging Face's `BertNormalizer` and `BertPreTokenizer`.
struct BERTText: Sendable, Equatable {
    /// Whether control characters are left out, and all white space becomes a space.
    var cleans = true
    /// Whether each ideograph is a word of its own.
    var separatesIdeographs = true
    /// Whether marks above and below letters are left out.
    var stripsAccents = true
    var lowercases = true

    /// The normalized form of a text.
    func normalized(_ text: String) -> String {
        // In bytes: scalars added to a string one sequence at a time copy all of it each time.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if cleans {
                if BERTCharacters.isControl(scalar) { continue }
                if scalar.properties.isWhitespace {
                    bytes.append(0x20)
                    continue
                }
            }
            let isAlone = separatesIdeographs && BERTCharacters.isIdeograph(scalar)
            if isAlone { bytes.append(0x20) }
            bytes.append(contentsOf: scalar.utf8)
            if isAlone { bytes.append(0x20) }
        }
        var result = String(decoding: bytes, as: UTF8.self)
        if stripsAccents {
            bytes.removeAll(keepingCapacity: true)
            for scalar in result.decomposedStringWithCanonicalMapping.unicodeScalars
            where !BERTCharacters.isMark(scalar) {
                bytes.append(contentsOf: scalar.utf8)
            }
            result = String(decoding: bytes, as: UTF8.self)
        }
        if !lowercases { return result }
        bytes.removeAll(keepingCapacity: true)
        for scalar in result.unicodeScalars {
            bytes.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Calls `word` with each word of a text that is not normalized yet.
    func words(of text: UnsafeBufferPointer<UInt8>, _ word: (UnsafeBufferPointer<UInt8>) -> Void) {
        if text.allSatisfy({ $0 < 0x80 }) {
            // Of ASCII, all the same is a matter of single bytes.
            var bytes: [UInt8] = []
            bytes.reserveCapacity(text.count)
            for byte in text where !cleans || (byte >= 0x20 && byte != 0x7F) || Self.isSpace(byte) {
                bytes.append(lowercases && (0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
            }
            bytes.withUnsafeBufferPointer { cut($0, word) }
        } else {
            var normalized = normalized(String(decoding: text, as: UTF8.self))
            normalized.withUTF8 { cut($0, word) }
        }
    }

    /// White space is left out, and punctuation is a word by itself.
    private func cut(_ text: UnsafeBufferPointer<UInt8>, _ word: (UnsafeBufferPointer<UInt8>) -> Void) {
        var start = 0
        var position = 0
        while position < text.count {
            let (scalar, width) = UTF8Scalars.scalar(text, at: position)
            let isSpace = scalar.properties.isWhitespace
            if isSpace || BERTCharacters.isPunctuation(scalar) {
                if start < position { word(UnsafeBufferPointer(rebasing: text[start..<position])) }
                if !isSpace { word(UnsafeBufferPointer(rebasing: text[position..<position + width])) }
                start = position + width
            }
            position += width
        }
        if start < position { word(UnsafeBufferPointer(rebasing: text[start..<position])) }
    }

    /// White space that always ends a word.
    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
