import Apus
import Foundation

/// How the next token is chosen from its logits.
///
/// In this order: what came before is made less likely, logits are divided by the temperature, and of the most likely tokens so
/// many, or so much probability, are drawn from.
public struct Sampling: Codable, Sendable, Equatable {
    /// What logits are divided by; 0 takes the most likely token.
    public var temperature: Double
    /// How many of the most likely tokens are drawn from (Fan et al. 2018); nil is all.
    public var topK: Int?
    /// The probability that the most likely tokens that are drawn from have at least together (Holtzman et al. 2019, "The Curious
    /// Case of Neural Text Degeneration"); nil is 1.
    public var topP: Double?
    /// Of tokens that came before, positive logits are divided by it and others multiplied (Keskar et al. 2019, "CTRL"); 1 changes nothing.
    public var repetitionPenalty: Double

    /// Draws from the model's own probabilities where nothing else is given.
    public init(
        temperature: Double = 1, topK: Int? = nil, topP: Double? = nil, repetitionPenalty: Double = 1
    ) {
        (self.temperature, self.topK, self.topP) = (temperature, topK, topP)
        self.repetitionPenalty = repetitionPenalty
    }

    /// The most likely token.
    public static let greedy = Sampling(temperature: 0)

    /// - Throws: `GenerationError.badSampling` for numbers that choose nothing.
    public func validate() throws(GenerationError) {
        if !(0..<Double.infinity ~= temperature) {
            throw .badSampling("a temperature of \(temperature); it is 0 or more")
        }
        if let topK, topK < 1 { throw .badSampling("the \(topK) most likely tokens; it is 1 or more") }
        if let topP, !(topP > 0 && topP <= 1) {
            throw .badSampling("a probability of \(topP); it is above 0 and at most 1")
        }
        if !(repetitionPenalty > 0 && repetitionPenalty.isFinite) {
            throw .badSampling("a repetition penalty of \(repetitionPenalty); it is above 0")
        }
    }

    /// Whether there is something to choose: no NaN, no +infinity, and a finite number; those at -infinity never come.
    static func canChoose(from logits: [Float]) -> Bool {
        logits.contains(where: \.isFinite) && !logits.contains { $0.isNaN || $0 == .infinity }
    }

    /// The tokens that may come next with their probabilities, whose sum is 1.
    ///
    /// - Parameters:
    ///   - logits: of all tokens, from which `canChoose`.
    ///   - earlier: the tokens that came before.
    func candidates(_ logits: [Float], after earlier: Set<Int>) -> [(token: Int, probability: Double)] {
        var scores = logits.map(Double.init)
        if repetitionPenalty != 1 {
            for token in earlier where scores.indices.contains(token) {
                scores[token] *= scores[token] > 0 ? 1 / repetitionPenalty : repetitionPenalty
            }
        }
        let best = scores.indices.max { scores[$0] < scores[$1] }!
        if temperature == 0 { return [(best, 1)] }
        var tokens = Array(scores.indices)
        if topK != nil || topP != nil {
            // Of equal ones the first, whatever the order of sorting.
            tokens.sort { (scores[$0], $1) > (scores[$1], $0) }
            if let topK { tokens.removeLast(max(0, tokens.count - topK)) }
        }
        let weights = tokens.map { exp((scores[$0] - scores[best]) / temperature) }
        let all = weights.reduce(0, +)
        var (count, sum) = (tokens.count, all)
        if let topP {
            sum = 0
            count = 0
            while count < tokens.count && (count == 0 || sum < topP * all) {
                sum += weights[count]
                count += 1
            }
        }
        return (0..<count).map { (tokens[$0], weights[$0] / sum) }
    }

    /// The next token.
    ///
    /// - Parameter draw: uniform in 0..<1.
    func token(_ logits: [Float], after earlier: Set<Int>, draw: Double) -> Int {
        let candidates = candidates(logits, after: earlier)
        var left = draw
        for (token, probability) in candidates {
            left -= probability
            if left < 0 { return token }
        }
        return candidates[candidates.count - 1].token
    }
}
