import ApusCore

extension BPETokenizer {
    /// Learns a vocabulary from texts.
    ///
    /// Texts are cut into words by GPT-2's pattern. The tokens are the special ones, the 256 bytes, and then of all pairs of
    /// neighboring tokens in all words the most frequent, again and again; of pairs that are as frequent, that of the
    /// smaller numbers. The same texts in any order give the same tokenizer, which is that of Hugging Face's `BpeTrainer`
    /// with the bytes as its initial alphabet.
    ///
    /// - Parameters:
    ///   - texts: what to learn from, such as the lines or the chapters of books.
    ///   - vocabularySize: how many tokens there are to be, special tokens and bytes included. There are fewer where the
    ///     texts have no more pairs, and all the special tokens and bytes in any case.
    ///   - specialTokens: tokens that stand for no text, with the numbers from 0.
    ///   - minimumCount: how often a pair must come.
    ///   - addingPrefixSpace: whether a text that begins without a space is read with one.
    public static func trained(
        on texts: some Sequence<String>, vocabularySize: Int, specialTokens: [String] = [],
        minimumCount: Int = 1, addingPrefixSpace: Bool = false
    ) -> BPETokenizer {
        guard (1...Vocabulary.largestID + 1).contains(vocabularySize) else {
            fail(
                "trained",
                "expected a vocabularySize from 1 to \(Vocabulary.largestID + 1), found \(vocabularySize)")
        }
        let settings = Settings(addsPrefixSpace: addingPrefixSpace)
        var words = ByteTable()
        var counts: [Int] = []
        for text in texts where !text.isEmpty {
            var text = addingPrefixSpace && text.utf8.first != UInt8(ascii: " ") ? " " + text : text
            text.withUTF8 { bytes in
                var start = 0
                while start < bytes.count {
                    let end = settings.pattern.end(in: bytes, from: start)
                    let (number, isNew) = words.insert(UnsafeBufferPointer(rebasing: bytes[start..<end]))
                    if isNew { counts.append(1) } else { counts[number] += 1 }
                    start = end
                }
            }
        }
        var trainer = BPETrainer(words: words, counts: counts, specialTokens: specialTokens)
        let (vocabulary, merges) = trainer.train(vocabularySize: vocabularySize, minimumCount: minimumCount)
        let special = specialTokens.compactMap { token in
            vocabulary.id(of: token).map { AddedToken(id: $0, content: token) }
        }
        var added: [AddedToken] = []
        for token in special where !added.contains(token) && !token.content.isEmpty { added.append(token) }
        do throws(TokenSet.Fault) {
            let tokenSet = try TokenSet(model: vocabulary, added: added, before: [], after: [])
            return BPETokenizer(tokenSet, merges: MergeTable(merges), settings: settings)
        } catch {
            fail("trained", error.reason)
        }
    }
}
