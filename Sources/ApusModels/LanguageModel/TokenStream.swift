import Apus
import ApusNN

extension LanguageModel {
    /// What the model goes on with after a prompt, a token at a time.
    ///
    /// The tokens are computed as they are asked for, in evaluation mode and without gradients. A model that sees a limited context
    /// goes on from the last half of it whenever it is full.
    ///
    /// - Parameters:
    ///   - prompt: one token or more.
    ///   - count: the most tokens that come.
    ///   - sampling: how each is chosen.
    ///   - stops: tokens that end the text; they do not come themselves.
    ///   - generator: what tokens are drawn with.
    /// - Returns: tokens, until there are `count` of them or one of `stops` is chosen.
    /// - Throws: `GenerationError` for what the model cannot go on from.
    public func generate(
        _ prompt: [Int], count: Int, sampling: Sampling = Sampling(), stops: Set<Int> = [],
        using generator: RandomGenerator = .default
    ) throws(GenerationError) -> TokenStream {
        try sampling.validate()
        if prompt.isEmpty { throw .emptyPrompt }
        let vocabulary = configuration.vocabulary
        if let token = prompt.first(where: { !(0..<vocabulary ~= $0) }) {
            throw .unknownToken(token, vocabulary: vocabulary)
        }
        if let context = configuration.context, prompt.count > context {
            throw .promptTooLong(count: prompt.count, context: context)
        }
        return TokenStream(self, prompt, count: max(count, 0), sampling, stops, generator)
    }
}

/// The tokens that a language model goes on with, which are computed as they are asked for.
///
/// ```swift
/// var tokens = try model.generate(prompt, count: 100)
/// while let token = try tokens.next() { print(token) }
/// ```
public struct TokenStream {
    private let model: LanguageModel
    private let sampling: Sampling
    private let stops: Set<Int>
    private let generator: RandomGenerator
    private var state: LanguageModel.State
    /// What the model has not read yet.
    private var pending: [Int]
    /// The tokens since `state` began.
    private var recent: [Int]
    private var earlier: Set<Int>
    private var left: Int

    fileprivate init(
        _ model: LanguageModel, _ prompt: [Int], count: Int, _ sampling: Sampling, _ stops: Set<Int>,
        _ generator: RandomGenerator
    ) {
        (self.model, self.sampling, self.stops, self.generator) = (model, sampling, stops, generator)
        (pending, recent, earlier, left) = (prompt, prompt, Set(prompt), count)
        state = model.initialState(batch: 1)
    }

    /// The next token; nil after the last.
    ///
    /// - Throws: `GenerationError.notFinite` where the model's weights give no numbers.
    public mutating func next() throws(GenerationError) -> Int? {
        if left == 0 { return nil }
        left -= 1
        let numbers = withoutGradient {
            model.isTraining ? model.withEvaluationMode { advance() } : advance()
        }
        if !Sampling.canChoose(from: numbers) {
            left = 0
            throw .notFinite(position: state.count)
        }
        let draw = Tensor.uniform([], dtype: .float64, using: generator).item(as: Double.self)
        let token = sampling.token(numbers, after: earlier, draw: draw)
        if stops.contains(token) {
            left = 0
            return nil
        }
        earlier.insert(token)
        pending = [token]
        recent.append(token)
        return token
    }

    /// All tokens that are left.
    public mutating func rest() throws(GenerationError) -> [Int] {
        var tokens: [Int] = []
        while let token = try next() { tokens.append(token) }
        return tokens
    }

    /// The logits after what the model has not read yet.
    private mutating func advance() -> [Float] {
        if let context = model.configuration.context, recent.count > context {
            recent = Array(recent.suffix(max(1, context / 2)))
            pending = recent
            state = model.initialState(batch: 1)
        }
        let tokens = withDevice(model.embedding.weight.value.device) {
            Tensor(pending, shape: [1, pending.count])
        }
        return model.advance(tokens, &state).array(of: Float.self)
    }
}
