/// Tokenizers in files, whichever kind they are.
public enum Tokenizers {
    /// Reads a `tokenizer.json` of Hugging Face: a `BPETokenizer` or a `WordPieceTokenizer`.
    ///
    /// - Throws: `TokenizerError` for a file that cannot be read, that is another tokenizer or none, whose parts contradict
    ///   each other, or that names a step which is not done here.
    public static func read(_ path: String) throws(TokenizerError) -> any Tokenizer {
        let file = try file(path)
        switch file.model {
        case .bytePairs: return try BPETokenizer(file.whole)
        case .wordPiece: return try WordPieceTokenizer(file.whole)
        }
    }

    /// A tokenizer's file of which the kind is known, and nothing else.
    struct File {
        enum Model: String {
            case bytePairs = "BPE"
            case wordPiece = "WordPiece"
        }

        let whole: FilePart
        let model: Model

        func other(than expected: String) -> TokenizerError {
            whole.fault(
                .otherKind, "expected a tokenizer with the model \(expected), found \(model.rawValue)")
        }
    }

    static func file(_ path: String) throws(TokenizerError) -> File {
        let whole = try FilePart(readingFile: path)
        guard case .object = whole.value else {
            throw whole.fault(.otherKind, "expected a tokenizer.json, found \(whole.value.kind)")
        }
        guard let model = whole["model"], case .object = model.value else {
            throw whole.fault(.otherKind, "expected a tokenizer.json with a model, found none")
        }
        let name = try model["type"]?.string() ?? inferred(model)
        guard let kind = File.Model(rawValue: name) else {
            throw whole.fault(
                .otherKind, "expected a tokenizer with the model BPE or WordPiece, found \(quoted(name))")
        }
        return File(whole: whole, model: kind)
    }

    /// Old files do not name their model: only BPE has merges, only WordPiece a prefix.
    private static func inferred(_ model: FilePart) -> String {
        if model["merges"] != nil { return "BPE" }
        return model["max_input_chars_per_word"] != nil ? "WordPiece" : "no type"
    }
}
