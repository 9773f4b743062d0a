/// Learns merges: of all pairs of neighbors in all words the most frequent becomes a token, again and again.
///
/// Of pairs that are as frequent, the one of the smaller tokens comes first, the left one's number before the right one's.
/// Step by step as Hugging Face's `BpeTrainer`, down to what it does where a token can be made in two ways: the tokens are
/// the same.
struct BPETrainer {
    /// A pair that waits to be merged.
    private struct Candidate: Comparable {
        let pair: UInt64
        var count: Int
        /// The words that held it when it was counted.
        let words: [Int32]

        static func < (a: Candidate, b: Candidate) -> Bool {
            a.count != b.count ? a.count > b.count : a.pair < b.pair
        }

        static func == (a: Candidate, b: Candidate) -> Bool { a.count == b.count && a.pair == b.pair }
    }

    private var vocabulary = Vocabulary()
    private var words: [[Int32]] = []
    private let counts: [Int]
    private var pairCounts: [UInt64: Int] = [:]
    /// The words in which pairs came to be since they were last put among the candidates.
    private var fresh: [UInt64: [Int32]] = [:]
    private var merges: [(left: Int32, right: Int32, result: Int32)] = []

    /// - Parameters:
    ///   - words: each once.
    ///   - counts: how often each comes.
    init(words: ByteTable, counts: [Int], specialTokens: [String]) {
        self.counts = counts
        for token in specialTokens { _ = vocabulary.insert(token) }
        let alphabet = ByteAlphabet.scalars.sorted()
        for scalar in alphabet { _ = vocabulary.insert(String(scalar)) }
        let bytes = ByteAlphabet.scalars.map { Int32(vocabulary.insert(String($0))) }
        self.words = (0..<words.count).map { number in words[number].map { bytes[Int($0)] } }
    }

    /// The vocabulary and the merges, once there are so many tokens, or no pair comes as often as it must.
    mutating func train(
        vocabularySize: Int, minimumCount: Int
    ) -> (vocabulary: Vocabulary, merges: [(left: Int32, right: Int32, result: Int32)]) {
        for (number, word) in words.enumerated() {
            for (left, right) in zip(word, word.dropFirst()) {
                change(MergeTable.pair(left, right), by: counts[number], in: Int32(number))
            }
        }
        var heap = Heap(candidates())
        while vocabulary.size < vocabularySize, var best = heap.popLeast() {
            let count = pairCounts[best.pair, default: 0]
            if best.count != count {
                best.count = count
                heap.insert(best)
                continue
            }
            if count < max(minimumCount, 1) { break }
            merge(best)
            for candidate in candidates() { heap.insert(candidate) }
        }
        return (vocabulary, merges)
    }

    private mutating func change(_ pair: UInt64, by count: Int, in word: Int32) {
        pairCounts[pair, default: 0] += count
        if count <= 0 { return }
        // Words come in order, so that one which is there already is the last.
        if fresh[pair]?.last != word { fresh[pair, default: []].append(word) }
    }

    private mutating func candidates() -> [Candidate] {
        defer { fresh.removeAll(keepingCapacity: true) }
        return fresh.compactMap { pair, words in
            let count = pairCounts[pair, default: 0]
            return count > 0 ? Candidate(pair: pair, count: count, words: words) : nil
        }
    }

    private mutating func merge(_ candidate: Candidate) {
        let left = Int32(truncatingIfNeeded: candidate.pair >> 32)
        let right = Int32(truncatingIfNeeded: candidate.pair)
        let name = (vocabulary.name(of: Int(left)) ?? "") + (vocabulary.name(of: Int(right)) ?? "")
        let result = Int32(vocabulary.insert(name))
        merges.append((left, right, result))
        for number in candidate.words { merge(left, right, into: result, in: number) }
    }

    private mutating func merge(_ left: Int32, _ right: Int32, into result: Int32, in number: Int32) {
        let word = words[Int(number)]
        let count = counts[Int(number)]
        var merged: [Int32] = []
        merged.reserveCapacity(word.count)
        var index = 0
        while index < word.count {
            guard word[index] == left, index + 1 < word.count, word[index + 1] == right else {
                merged.append(word[index])
                index += 1
                continue
            }
            if let before = merged.last {
                change(MergeTable.pair(before, left), by: -count, in: number)
                change(MergeTable.pair(before, result), by: count, in: number)
            }
            merged.append(result)
            index += 2
            if index < word.count {
                change(MergeTable.pair(right, word[index]), by: -count, in: number)
                change(MergeTable.pair(result, word[index]), by: count, in: number)
            }
        }
        words[Int(number)] = merged
    }
}
