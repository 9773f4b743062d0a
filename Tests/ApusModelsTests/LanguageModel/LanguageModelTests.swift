import Apus
import ApusModels
import ApusNN
import Testing
import _ApusTestSupport

/// The forms of a language model against each other, for each mixer.
@Suite struct LanguageModelTests {
    static func model(_ mixer: SequenceMixer, layers: Int = 2) -> LanguageModel {
        let model = LanguageModel(
            .init(
                vocabulary: 11, channels: mixer == .mamba2 ? 32 : 16, layers: layers, mixer: mixer, heads: 2,
                context: 100),
            using: RandomGenerator(seed: 1))
        // Weights that start at zero would hide what they multiply.
        let generator = RandomGenerator(seed: 2)
        for parameter in model.parameters() where parameter.value.abs().max().item(as: Float.self) < 0.3 {
            parameter.value = .uniform(parameter.shape, low: -0.4, high: 0.4, using: generator)
        }
        return model
    }

    static let tokens = Tensor.randomIntegers([2, 70], high: 11, using: RandomGenerator(seed: 3))

    @Test(arguments: SequenceMixer.allCases)
    func stepsAndPartsGiveTheWhole(_ mixer: SequenceMixer) {
        let model = Self.model(mixer)
        let whole = model(Self.tokens)
        #expect(whole.shape == [2, 70, 11])
        var state = model.initialState(batch: 2)
        for time in 0..<70 {
            let logits = model.advance(Self.tokens.narrow(axis: 1, start: time, count: 1), &state)
            expectClose(logits, whole[0..., time], "step \(time)", relative: 1e-4)
        }
        #expect(state.count == 70)
        var between = model.initialState(batch: 2)
        var end = 0
        for part in Self.tokens.split(sizes: [1, 24, 2, 43], axis: 1) {
            end += part.shape[1]
            let logits = model.advance(part, &between)
            expectClose(logits, whole[0..., end - 1], "to \(end)", relative: 1e-4)
        }
    }

    @Test(arguments: SequenceMixer.allCases)
    func whatComesLaterChangesNothingBefore(_ mixer: SequenceMixer) {
        let model = Self.model(mixer)
        var other = Self.tokens
        other[.all, 30...] = 10 - other[.all, 30...]
        let before = [Self.tokens, other].map { model($0).narrow(axis: 1, start: 0, count: 30) }
        if [.s4, .s4d].contains(mixer) {
            // A convolution by Fourier transforms is causal up to rounding.
            expectClose(before[1], before[0], relative: 1e-5)
        } else {
            #expect(before[0].array(of: Float.self) == before[1].array(of: Float.self))
        }
    }

    @Test(arguments: SequenceMixer.allCases)
    func everyParameterIsTrained(_ mixer: SequenceMixer) {
        let model = Self.model(mixer)
        let logits = model(Self.tokens)
        logits.reshape([-1, 11]).softmaxCrossEntropy(Self.tokens.flatten()).backward()
        for (name, parameter) in model.namedParameters() {
            let size = parameter.grad?.abs().max().item(as: Float.self) ?? 0
            #expect(size > 0 && size.isFinite, "\(mixer): \(name)")
        }
    }

    @Test(arguments: SequenceMixer.allCases)
    func dropoutIsThatOfTraining(_ mixer: SequenceMixer) {
        // Published models' blocks have none.
        if [.mamba, .mamba2, .rwkv, .retention].contains(mixer) { return }
        let model = LanguageModel(
            .init(
                vocabulary: 11, channels: 16, layers: 1, mixer: mixer, heads: 2, context: 100, dropout: 0.5),
            using: RandomGenerator(seed: 1))
        func logits() -> [Float] { model(Self.tokens).array(of: Float.self) }
        #expect(logits() != logits())
        model.evaluate()
        #expect(logits() == logits())
    }

    @Test func publishedSizesAreTheirs() {
        #expect(Self.count(.mamba130m) == 129_135_360)
        #expect(Self.count(.rwkv169m) == 169_342_464)
    }

    /// From one model of one layer and one of two, both with few tokens: the whole would take seconds and gigabytes.
    private static func count(_ published: LanguageModel.Configuration) -> Int {
        func count(_ vocabulary: Int, _ layers: Int) -> Int {
            var small = published
            (small.vocabulary, small.layers) = (vocabulary, layers)
            return LanguageModel(small).parameterCount
        }
        let least = count(10, 1)
        return least + (count(10, 2) - least) * (published.layers - 1)
            + (count(11, 1) - least) * (published.vocabulary - 10)
    }

    @Test func whatCannotBeStops() async {
        let heads = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = LanguageModel(.init(vocabulary: 5, channels: 6, layers: 1, mixer: .attention, heads: 2))
        }
        #expect(message(heads).contains("LanguageModel: 6 channels in 2 heads: each has an even number"))
        let context = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = LanguageModel(.init(vocabulary: 5, channels: 6, layers: 1, mixer: .s4))
        }
        #expect(message(context).contains("no context, which s4 has to have"))
        let dropout = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = LanguageModel(.init(vocabulary: 5, channels: 6, layers: 1, mixer: .mamba, dropout: 0.1))
        }
        #expect(message(dropout).contains("a dropout of 0.1, where mamba drops nothing"))
        let groups = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = LanguageModel(.init(vocabulary: 5, channels: 64, layers: 1, mixer: .mamba2, groups: 3))
        }
        #expect(message(groups).contains("2 heads in 3 groups: they are a multiple"))
        let state = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            var state = LanguageModelTests.model(.mamba).initialState(batch: 1)
            _ = LanguageModelTests.model(.rwkv).advance(.zeros([1, 3], dtype: .int64), &state)
        }
        #expect(message(state).contains("a state of State, where one of State is wanted"))
        let batch = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let model = LanguageModelTests.model(.attention)
            var state = model.initialState(batch: 1)
            _ = model.advance(.zeros([2, 3], dtype: .int64), &state)
        }
        #expect(message(batch).contains("KeyValueCache: keys of shape [2, 2, 3, 8], where [1, 2, 3, 8]"))
        let empty = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = LanguageModelTests.model(.attention)(.zeros([1, 0], dtype: .int64))
        }
        #expect(
            message(empty).contains("tokens of shape [1, 0]: it takes [batch, time], of one step or more"))
    }
}
