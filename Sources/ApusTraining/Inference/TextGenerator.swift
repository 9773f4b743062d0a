import Apus
import ApusModels
import ApusText

/// Writes text with a trained language model.
///
/// ```swift
/// let writer = try TextGenerator(TrainedRun(RunFolder("runs/char-lm-1")))
/// var text = try writer("One sunny morning", count: 200)
/// while let piece = try text.next() { print(piece, terminator: "") }
/// ```
public struct TextGenerator {
    /// What writes.
    public let model: LanguageModel
    /// Between text and the model's tokens.
    public let tokenizer: any Tokenizer

    /// - Parameter run: of a recipe whose model is a language model.
    /// - Throws: `TrainingError.writesNoText` for others.
    public init(_ run: TrainedRun) throws(TrainingError) {
        guard let model = run.model as? LanguageModel else {
            throw .writesNoText(recipe: run.recipe.name)
        }
        (self.model, tokenizer) = (model, ByteTokenizer())
    }

    /// What the model goes on with.
    ///
    /// - Parameters:
    ///   - prompt: not empty, and not longer than the model's context.
    ///   - count: the most tokens that are written.
    ///   - sampling: how each is chosen.
    ///   - stops: tokens that end the text; they do not come themselves.
    ///   - generator: what tokens are drawn with.
    /// - Throws: `GenerationError` for what the model cannot go on from.
    public func callAsFunction(
        _ prompt: String, count: Int, sampling: Sampling = Sampling(), stops: Set<Int> = [],
        using generator: RandomGenerator = .default
    ) throws(GenerationError) -> TextStream {
        TextStream(
            try model.generate(
                tokenizer.encode(prompt), count: count, sampling: sampling, stops: stops, using: generator),
            StreamingDecoder(tokenizer))
    }
}

/// The text that a language model writes, which is computed as it is asked for.
public struct TextStream {
    private var tokens: TokenStream
    private var decoder: StreamingDecoder
    private var isAtEnd = false

    fileprivate init(_ tokens: TokenStream, _ decoder: StreamingDecoder) {
        (self.tokens, self.decoder) = (tokens, decoder)
    }

    /// The text of the next token, which is empty where a character needs another; nil at the end.
    ///
    /// - Throws: `GenerationError.notFinite` where the model's weights give no numbers.
    public mutating func next() throws -> String? {
        if isAtEnd { return nil }
        if let token = try tokens.next() { return try decoder.decode(token) }
        isAtEnd = true
        let rest = decoder.finish()
        return rest.isEmpty ? nil : rest
    }
}
