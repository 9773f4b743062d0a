/// Why a model cannot go on with a prompt.
public enum GenerationError: Error, CustomStringConvertible, Sendable, Equatable {
    /// There are no tokens to go on from.
    case emptyPrompt
    /// The model sees fewer tokens than the prompt has.
    case promptTooLong(count: Int, context: Int)
    /// A token of the prompt that the model does not have.
    case unknownToken(Int, vocabulary: Int)
    /// What chooses tokens has numbers that choose nothing; the text says which.
    case badSampling(String)
    /// The model's logits are not numbers.
    case notFinite(position: Int)

    /// One line: what was expected and what was found.
    public var description: String {
        switch self {
        case .emptyPrompt: "the prompt is empty: a model goes on from one token or more"
        case .promptTooLong(let count, let context):
            "the prompt has \(count) tokens, and the model sees at most \(context)"
        case .unknownToken(let token, let vocabulary):
            "the prompt has the token \(token), where the model's are 0 to \(vocabulary - 1)"
        case .badSampling(let reason): "expected other numbers to choose tokens by: \(reason)"
        case .notFinite(let position):
            "the model's logits after token \(position) are not numbers: its weights are damaged"
        }
    }
}
