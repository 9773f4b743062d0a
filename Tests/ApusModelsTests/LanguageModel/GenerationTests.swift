import Apus
import Foundation
import Testing
import _ApusTestSupport

@testable import ApusModels

@Suite struct GenerationTests {
    @Test(arguments: SequenceMixer.allCases)
    func theLikeliestTokensAreThoseOfTheWhole(_ mixer: SequenceMixer) throws {
        let model = LanguageModelTests.model(mixer)
        var stream = try model.generate([3, 1, 4], count: 12, sampling: .greedy)
        let tokens = try stream.rest()
        #expect(tokens.count == 12)
        var all = [3, 1, 4]
        for token in tokens {
            let logits = model(Tensor(all, shape: [1, all.count]))[0, all.count - 1]
            #expect(logits.argmax().item(as: Int.self) == token)
            all.append(token)
        }
        #expect(try stream.next() == nil)
    }

    @Test func aTextEnds() throws {
        let model = LanguageModelTests.model(.attention)
        func tokens(_ prompt: [Int], count: Int, stops: Set<Int> = []) throws -> [Int] {
            var stream = try model.generate(prompt, count: count, sampling: .greedy, stops: stops)
            return try stream.rest()
        }
        let free = try tokens([1, 2], count: 20)
        let stop = free[7]
        #expect(try tokens([1, 2], count: 20, stops: [stop]) == Array(free.prefix { $0 != stop }))
        #expect(try tokens([1, 2], count: 0) == [])
    }

    /// Whenever the context of 100 tokens is full, the model goes on from the last 50.
    @Test func aTextGoesOnBeyondTheContext() throws {
        let model = LanguageModelTests.model(.attention)
        let prompt = (0..<97).map { $0 % 11 }
        var stream = try model.generate(prompt, count: 60, sampling: .greedy)
        let tokens = try stream.rest()
        #expect(tokens.count == 60)
        let all = prompt + tokens
        // Of 100 tokens the next follows from all, of 101 from the last 50, and so on to 100 again.
        for (count, first) in [(97, 0), (100, 0), (101, 51), (102, 51), (151, 51), (152, 102), (156, 102)] {
            let seen = Array(all[first..<count])
            let logits = model(Tensor(seen, shape: [1, seen.count]))[0, seen.count - 1]
            #expect(logits.argmax().item(as: Int.self) == all[count], "\(count)")
        }
    }

    @Test func whatCannotGoOnThrows() {
        let model = LanguageModelTests.model(.attention)
        func error(_ prompt: [Int], _ sampling: Sampling = Sampling()) -> GenerationError? {
            do {
                _ = try model.generate(prompt, count: 3, sampling: sampling)
                return nil
            } catch { return error }
        }
        #expect(error([]) == .emptyPrompt)
        #expect(error([1, 11]) == .unknownToken(11, vocabulary: 11))
        #expect(error([-1]) == .unknownToken(-1, vocabulary: 11))
        #expect(error(Array(repeating: 0, count: 101)) == .promptTooLong(count: 101, context: 100))
        let bad = [
            Sampling(temperature: -1), Sampling(temperature: .nan), Sampling(temperature: .infinity),
            Sampling(topK: 0), Sampling(topP: 0), Sampling(topP: 1.5), Sampling(topP: .nan),
            Sampling(repetitionPenalty: 0), Sampling(repetitionPenalty: .infinity),
        ]
        for sampling in bad {
            guard case .badSampling = error([1], sampling) else {
                Issue.record("\(sampling) is taken")
                continue
            }
        }
        model.parameters()[0].value = .full(model.parameters()[0].shape, Float.nan)
        #expect(throws: GenerationError.notFinite(position: 2)) {
            var stream = try model.generate([1, 2], count: 3)
            _ = try stream.next()
        }
        let choices: [([Float], Bool)] = [
            ([0, -.infinity], true), ([0, .nan], false), ([0, .infinity], false), ([-.infinity], false),
        ]
        for (logits, isChoice) in choices { #expect(Sampling.canChoose(from: logits) == isChoice) }
    }

    @Test func nothingIsDroppedAndNoGradientIsKept() throws {
        let model = LanguageModel(
            .init(vocabulary: 11, channels: 8, layers: 1, mixer: .attention, dropout: 0.9),
            using: RandomGenerator(seed: 1))
        func tokens() throws -> [Int] {
            var stream = try model.generate([1, 2], count: 10, sampling: .greedy)
            return try stream.rest()
        }
        let training = try tokens()
        #expect(model.isTraining)
        model.evaluate()
        #expect(try tokens() == training)
    }

    @Test func candidatesAreTheFormulas() {
        let logits: [Float] = [1, 3, 2, 0]
        func check(_ sampling: Sampling, _ earlier: Set<Int> = [], _ expected: [(Int, Double)]) {
            let found = sampling.candidates(logits, after: earlier).sorted { $0.token < $1.token }
            #expect(found.map(\.token) == expected.map(\.0))
            for (x, y) in zip(found, expected) { #expect(abs(x.probability - y.1) < 1e-12) }
        }
        func softmax(_ values: [Double]) -> [Double] {
            let all = values.map(exp)
            return all.map { $0 / all.reduce(0, +) }
        }
        let all = softmax([1, 3, 2, 0])
        check(Sampling(), [], all.enumerated().map { ($0, $1) })
        check(.greedy, [], [(1, 1)])
        let hot = softmax([0.5, 1.5, 1, 0])
        check(Sampling(temperature: 2), [], hot.enumerated().map { ($0, $1) })
        let two = softmax([3, 2])
        check(Sampling(topK: 2), [], [(1, two[0]), (2, two[1])])
        check(Sampling(topK: 9), [], all.enumerated().map { ($0, $1) })
        // 0.644 and 0.237 are 0.881 together.
        check(Sampling(topP: 0.65), [], [(1, two[0]), (2, two[1])])
        check(Sampling(topP: 0.64), [], [(1, 1)])
        check(Sampling(topP: 1e-9), [], [(1, 1)])
        // Positive logits are divided, others multiplied.
        let punished = softmax([1, 1.5, 2, 0])
        check(Sampling(repetitionPenalty: 2), [1, 3], punished.enumerated().map { ($0, $1) })
        let negative = Sampling(repetitionPenalty: 2).candidates([-1, 0], after: [0])
        #expect(abs(negative[0].probability - softmax([-2, 0])[0]) < 1e-12)
        // Logits that no exponential holds.
        let large = Sampling().candidates([1e30, -1e30, -.infinity], after: [])
        #expect(large.map(\.probability) == [1, 0, 0])
    }

    /// 20,000 draws, each share within five deviations.
    @Test func tokensComeAsOftenAsTheyAreLikely() {
        let sampling = Sampling(temperature: 1)
        let draws = Tensor.uniform([20_000], dtype: .float64, using: RandomGenerator(seed: 4))
        var counts = [0, 0, 0]
        for draw in draws.array(of: Double.self) {
            counts[sampling.token([0, log(2), log(5)], after: [], draw: draw)] += 1
        }
        for (count, share) in zip(counts, [0.125, 0.25, 0.625]) {
            let deviation = (20_000 * share * (1 - share)).squareRoot()
            #expect(abs(Double(count) - 20_000 * share) < 5 * deviation, "\(counts)")
        }
    }

    @Test func aSeedWritesTheSame() throws {
        let model = LanguageModelTests.model(.mamba)
        func tokens(_ seed: UInt64) throws -> [Int] {
            var stream = try model.generate([1], count: 30, using: RandomGenerator(seed: seed))
            return try stream.rest()
        }
        #expect(try tokens(5) == tokens(5))
        #expect(try tokens(5) != tokens(6))
    }
}
