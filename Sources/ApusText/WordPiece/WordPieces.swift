/// Cuts words into pieces of a vocabulary: the longest that fits, from left to right.
struct WordPieces: Sendable {
    /// The pieces that may begin a word.
    private let beginnings: Vocabulary
    /// Those that may follow, without the prefix that marks them.
    private var continuations = ByteTable()
    private var continuationIDs: [Int32] = []
    private let unknown: Int
    private let longestWord: Int

    /// - Parameters:
    ///   - unknown: the token of words that cannot be cut.
    ///   - longestWord: the most characters; longer words are unknown.
    init(_ vocabulary: Vocabulary, continuationPrefix: String, unknown: Int, longestWord: Int) {
        beginnings = vocabulary
        self.unknown = unknown
        self.longestWord = longestWord
        let prefix = Array(continuationPrefix.utf8)
        for id in 0..<vocabulary.size {
            guard let name = vocabulary.bytes(of: id), name.starts(with: prefix) else { continue }
            continuations.insert(Array(name.dropFirst(prefix.count)))
            continuationIDs.append(Int32(id))
        }
    }

    /// Adds the tokens of a word.
    func append(_ word: UnsafeBufferPointer<UInt8>, to result: inout [Int]) {
        let length = word.count { $0 & 0xC0 != 0x80 }
        if length > longestWord { return result.append(unknown) }
        let first = result.count
        var start = 0
        while start < word.count {
            guard let (id, end) = piece(of: word, from: start) else {
                result.removeLast(result.count - first)
                return result.append(unknown)
            }
            result.append(id)
            start = end
        }
    }

    private func piece(of word: UnsafeBufferPointer<UInt8>, from start: Int) -> (id: Int, end: Int)? {
        let longest = start == 0 ? beginnings.longest : continuations.longest
        var end = min(word.count, start + longest)
        while end > start {
            // A piece ends where a character does.
            if end == word.count || word[end] & 0xC0 != 0x80 {
                let part = UnsafeBufferPointer(rebasing: word[start..<end])
                if start == 0 {
                    if let id = beginnings.id(of: part) { return (id, end) }
                } else if let number = continuations.number(of: part) {
                    return (Int(continuationIDs[number]), end)
                }
            }
            end -= 1
        }
        return nil
    }
}
