import Apus
import ApusData

/// A task that tells whether a model can use what it saw long before: sequences that are made up, and tokens to be told at
/// some of their positions.
struct SequenceTask: Sendable {
    /// In the table.
    let name: String
    /// Tokens that there are.
    let vocabulary: Int
    /// One sequence, and what is to be told after each of its tokens; nil where nothing is.
    let sequence: @Sendable (inout SampleGenerator) -> (tokens: [Int], targets: [Int?])

    /// Integers [count, time] each; of targets -100 where nothing is to be told.
    func batch(_ count: Int, _ random: inout SampleGenerator) -> (tokens: Tensor, targets: Tensor) {
        let all = (0..<count).map { _ in sequence(&random) }
        let shape = [count, all[0].tokens.count]
        return (
            Tensor(all.flatMap(\.tokens), shape: shape),
            Tensor(all.flatMap { $0.targets.map { $0 ?? -100 } }, shape: shape)
        )
    }

    /// Letters, a silence, and then the letters again, in their order (Hochreiter and Schmidhuber 1997; Arjovsky et al. 2016).
    static func copying(_ letters: Int, after silence: Int) -> SequenceTask {
        SequenceTask(name: "copy \(letters) after \(silence)", vocabulary: 10) { random in
            let word = (0..<letters).map { _ in Int.random(in: 0..<8, using: &random) }
            return (
                word + [Int](repeating: 8, count: silence) + [Int](repeating: 9, count: letters),
                [Int?](repeating: nil, count: letters + silence) + word
            )
        }
    }

    /// Letters at any positions among silence, and then the letters alone, in their order (Gu and Dao 2023, section 4.1.1).
    static func selectiveCopying(_ letters: Int, among length: Int) -> SequenceTask {
        SequenceTask(name: "selective copy \(letters) in \(length)", vocabulary: 10) { random in
            let word = (0..<letters).map { _ in Int.random(in: 0..<8, using: &random) }
            var tokens = [Int](repeating: 8, count: length)
            let places = Array(0..<length).shuffled(using: &random).prefix(letters).sorted()
            for (place, letter) in zip(places, word) { tokens[place] = letter }
            return (
                tokens + [Int](repeating: 9, count: letters), [Int?](repeating: nil, count: length) + word
            )
        }
    }

    /// Pairs of a key and a value, and then the keys in another order, after each of which its value is to be told (Arora et al.
    /// 2023, "Zoology").
    static func recall(pairs: Int, keys: Int = 16, values: Int = 16) -> SequenceTask {
        SequenceTask(name: "recall \(pairs) pairs", vocabulary: keys + values) { random in
            let chosen = Array(Array(0..<keys).shuffled(using: &random).prefix(pairs))
            let told = chosen.map { _ in keys + Int.random(in: 0..<values, using: &random) }
            let order = Array(0..<pairs).shuffled(using: &random)
            return (
                zip(chosen, told).flatMap { [$0, $1] } + order.map { chosen[$0] },
                [Int?](repeating: nil, count: 2 * pairs) + order.map { told[$0] }
            )
        }
    }

    /// Random letters, one of which follows a mark; at the end is the mark again, and the letter is to be told (Olsson et al. 2022,
    /// "In-context Learning and Induction Heads").
    static func induction(length: Int) -> SequenceTask {
        SequenceTask(name: "induction, \(length)", vocabulary: 17) { random in
            var tokens = (0..<length).map { _ in Int.random(in: 0..<16, using: &random) }
            let place = Int.random(in: 0..<(length - 2), using: &random)
            tokens[place] = 16
            tokens[length - 1] = 16
            return (tokens, [Int?](repeating: nil, count: length - 1) + [tokens[place + 1]])
        }
    }
}
