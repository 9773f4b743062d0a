import Apus
import ApusData
import ApusModels
import Testing
import _ApusTestSupport

@testable import ApusTraining

/// What `apus study sequences` trains on, and that it trains.
@Suite struct SequenceStudyTests {
    private func sequences(_ task: SequenceTask) -> [(tokens: [Int], targets: [Int?])] {
        var random = SampleGenerator(RandomGenerator(seed: 1))
        return (0..<50).map { _ in task.sequence(&random) }
    }

    @Test(arguments: SequenceTrial.all.map(\.task.name))
    func tokensAreOfTheVocabulary(_ name: String) {
        let task = SequenceTrial.all.first { $0.task.name == name }!.task
        let all = sequences(task)
        for (tokens, targets) in all {
            #expect(tokens.count == all[0].tokens.count && targets.count == tokens.count)
            #expect((tokens + targets.compactMap(\.self)).allSatisfy { 0..<task.vocabulary ~= $0 })
            #expect(targets.contains { $0 != nil })
        }
        #expect(Set(all.map(\.tokens)).count > 40)
    }

    @Test func whatIsToldIsWhatWasSeen() {
        for (tokens, targets) in sequences(.copying(3, after: 4)) {
            #expect(tokens.suffix(7) == [8, 8, 8, 8, 9, 9, 9])
            #expect(targets == [Int?](repeating: nil, count: 7) + tokens.prefix(3).map { $0 })
        }
        for (tokens, targets) in sequences(.selectiveCopying(3, among: 10)) {
            #expect(targets.suffix(3) == tokens.prefix(10).filter { $0 < 8 }.map { $0 }[...])
        }
        for (tokens, targets) in sequences(.recall(pairs: 4)) {
            let pairs = (0..<4).map { (tokens[2 * $0], tokens[2 * $0 + 1]) }
            let values = Dictionary(uniqueKeysWithValues: pairs)
            #expect(tokens.suffix(4).map { values[$0] } == Array(targets.suffix(4)))
        }
        for (tokens, targets) in sequences(.induction(length: 12)) {
            let places = tokens.indices.filter { tokens[$0] == 16 }
            #expect(places.count == 2 && places[1] == 11 && targets[11] == tokens[places[0] + 1])
        }
    }

    /// Twice alike, and better than by chance; with longer sequences as with others.
    @Test func aTrialLearns() {
        let task = SequenceTask.copying(2, after: 3)
        let trial = SequenceTrial(task: task, mixer: .lru, steps: 60, longer: [.copying(2, after: 4), task])
        let (first, second) = (trial.run(), trial.run())
        #expect(first.accuracies[0] > 0.9 && first.accuracies == second.accuracies)
        #expect(first.accuracies.count == 3 && first.accuracies[2] == first.accuracies[0])
    }
}
