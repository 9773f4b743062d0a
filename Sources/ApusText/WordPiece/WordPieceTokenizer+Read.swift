import ApusFormats

extension WordPieceTokenizer {
    /// Reads a `tokenizer.json` of Hugging Face whose model is WordPiece, with BERT's ways with text.
    ///
    /// What the file says of padding and of the length of texts does not count: that is for `encode` to say.
    ///
    /// - Throws: `TokenizerError` for a file that cannot be read, that is another tokenizer or none, whose parts contradict
    ///   each other, or that names a step which is not done here.
    public static func read(_ path: String) throws(TokenizerError) -> WordPieceTokenizer {
        let file = try Tokenizers.file(path)
        guard case .wordPiece = file.model else { throw file.other(than: "WordPiece") }
        return try WordPieceTokenizer(file.whole)
    }

    /// Reads a `vocab.txt` of BERT, a piece a line, with `[UNK]`, `[CLS]` and `[SEP]` among them.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - lowercase: whether all pieces are in small letters and without accents (BERT "uncased"), to which texts are then
    ///     brought.
    /// - Throws: `TokenizerError` for a file that cannot be read, has a piece twice, or does not have those three.
    public static func readVocabulary(
        _ path: String, lowercase: Bool = true
    ) throws(TokenizerError) -> WordPieceTokenizer {
        let text: String
        do throws(FileError) {
            text = try TextFile.read(path, limit: TextFile.defaultLimit)
        } catch {
            throw TokenizerError(error)
        }
        var vocabulary = Vocabulary()
        var lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        // The last line ends as all others do.
        if lines.last?.isEmpty == true { lines.removeLast() }
        for (number, line) in lines.enumerated() {
            var scalars = Substring(line).unicodeScalars
            while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
            if let wrong = vocabulary.add(String(scalars), id: number) {
                throw TokenizerError(path: path, .vocabulary, "line \(number + 1): \(wrong)")
            }
        }
        func id(_ name: String) throws(TokenizerError) -> Int {
            guard let id = vocabulary.id(of: name) else {
                throw TokenizerError(
                    path: path, .otherKind,
                    "expected a vocabulary of WordPiece with \(name) in it, found none")
            }
            return id
        }
        let unknown = try id("[UNK]")
        let added = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].compactMap { name in
            vocabulary.id(of: name).map { AddedToken(id: $0, content: name) }
        }
        let pieces = WordPieces(vocabulary, continuationPrefix: "##", unknown: unknown, longestWord: 100)
        let tokenSet: TokenSet
        let (first, last) = (try id("[CLS]"), try id("[SEP]"))
        do throws(TokenSet.Fault) {
            tokenSet = try TokenSet(model: vocabulary, added: added, before: [first], after: [last])
        } catch {
            throw TokenizerError(path: path, .vocabulary, error.reason)
        }
        let ways = BERTText(stripsAccents: lowercase, lowercases: lowercase)
        return WordPieceTokenizer(tokenSet, text: ways, pieces: pieces, decoding: Decoding())
    }

    init(_ file: FilePart) throws(TokenizerError) {
        let model = try file.member("model")
        let vocabulary = try model.member("vocab").vocabulary()
        let unknown = try model["unk_token"]?.string() ?? "[UNK]"
        guard let unknownID = vocabulary.id(of: unknown) else {
            throw model.fault(
                .vocabulary, "expected the unk_token \(quoted(unknown)) in the vocabulary, found none")
        }
        let prefix = try model["continuing_subword_prefix"]?.string() ?? "##"
        let longestWord = try model["max_input_chars_per_word"]?.integer() ?? 100
        if longestWord < 0 {
            throw model.fault(
                .vocabulary, "expected a max_input_chars_per_word of 0 or more, found \(longestWord)")
        }
        guard let normalizer = file["normalizer"] else {
            throw file.fault(.unsupported, "expected a normalizer BertNormalizer, found none")
        }
        let text = try BERTText(normalizer)
        guard let preparation = file["pre_tokenizer"] else {
            throw file.fault(.unsupported, "expected a pre_tokenizer BertPreTokenizer, found none")
        }
        let type = try preparation.type()
        guard type == "BertPreTokenizer" else {
            throw preparation.unsupported("BertPreTokenizer", found: quoted(type))
        }
        var decoding = Decoding(continuationPrefix: prefix)
        if let decoder = file["decoder"] {
            let type = try decoder.type()
            guard type == "WordPiece" else { throw decoder.unsupported("WordPiece", found: quoted(type)) }
            decoding.continuationPrefix = try decoder["prefix"]?.string() ?? "##"
            decoding.cleans = try decoder.bool("cleanup", true)
        }
        let frame = try file.frame()
        let added = try file.addedTokens()
        do throws(TokenSet.Fault) {
            let tokenSet = try TokenSet(
                model: vocabulary, added: added, before: frame.before, after: frame.after,
                form: text.normalized)
            self.init(
                tokenSet, text: text,
                pieces: WordPieces(
                    vocabulary, continuationPrefix: prefix, unknown: unknownID, longestWord: longestWord),
                decoding: decoding)
        } catch {
            throw file.fault(.vocabulary, error.reason)
        }
    }
}

extension BERTText {
    /// The settings of a `BertNormalizer`.
    fileprivate init(_ normalizer: FilePart) throws(TokenizerError) {
        let type = try normalizer.type()
        guard type == "BertNormalizer" else {
            throw normalizer.unsupported("BertNormalizer", found: quoted(type))
        }
        let lowercases = try normalizer.bool("lowercase", true)
        self.init(
            cleans: try normalizer.bool("clean_text", true),
            separatesIdeographs: try normalizer.bool("handle_chinese_chars", true),
            stripsAccents: try normalizer.bool("strip_accents", lowercases), lowercases: lowercases)
    }
}
