import Apus
import ApusNN

/// Vectors of words that tell which words stand around them (Mikolov et al. 2013, "Distributed representations of words and
/// phrases and their compositionality").
///
/// Each word has two: one for when it stands in the middle, which is the one that is used afterwards, and one for when it
/// stands next to others.
public final class SkipGram: Module, Layer {
    /// The vectors of words in the middle: uniform within ±1/2 over their length at first, as in the authors' program.
    public let words: Embedding
    /// The vectors of words around: zero at first.
    public let contexts: Embedding

    /// - Parameters:
    ///   - vocabulary: how many words there are.
    ///   - features: the length of the vectors.
    public init(vocabulary: Int, features: Int, using generator: RandomGenerator = .default) {
        words = Embedding(vocabulary, features, using: generator)
        contexts = Embedding(vocabulary, features, using: generator)
        let bound = 0.5 / Double(features)
        words.weight.value = .uniform([vocabulary, features], low: -bound, high: bound, using: generator)
        contexts.weight.value = .zeros([vocabulary, features])
        super.init()
    }

    /// Numbers of words to their vectors [.., features].
    public func forward(_ x: Tensor) -> Tensor { words(x) }

    /// How well words stand together: the products of their vectors.
    ///
    /// - Parameters:
    ///   - middle: the words in the middle, [batch].
    ///   - around: for each some that may stand around it, [batch, count].
    /// - Returns: [batch, count].
    public func scores(_ middle: Tensor, around: Tensor) -> Tensor {
        contexts(around).matmul(words(middle).unsqueeze(2)).squeeze(axis: 2)
    }

    /// The words whose vectors point most nearly where those of `words` do, each by the cosine of the angle between them.
    ///
    /// - Parameters:
    ///   - numbers: of words.
    ///   - count: how many to find for each; the word itself is none of them.
    ///   - rows: how many words of the vocabulary are looked at, the first ones.
    /// - Returns: numbers of words and cosines, the nearest first.
    public func neighbors(of numbers: [Int], count: Int, among rows: Int) -> [[(word: Int, cosine: Double)]] {
        withInferenceMode {
            let table = words.weight.value.detach().narrow(axis: 0, start: 0, count: rows)
            let lengths = (table * table).sum(axis: 1, keepDims: true).sqrt()
            let unit = table / (lengths + 1e-12)
            let own = unit.indexSelect(axis: 0, index: Tensor(numbers, shape: [numbers.count]))
            let kept = min(count + 1, rows)
            let (values, indices) = own.matmul(unit.transpose()).topK(kept)
            let (cosines, found) = (values.array(of: Double.self), indices.array(of: Int.self))
            return numbers.indices.map { place in
                let range = place * kept..<(place + 1) * kept
                return range.filter { found[$0] != numbers[place] }.prefix(count)
                    .map { (word: found[$0], cosine: cosines[$0]) }
            }
        }
    }
}
