import Apus
import ApusNN
import Testing
import _ApusTestSupport

/// Gated attention units against FLASH-pytorch's, with what Scripts/sequence_peer.py wrote, and their properties.
@Suite struct GAUTests {
    private static let x = Tensor.normal([2, 50, 8], using: RandomGenerator(seed: 1))

    private static func layer(_ scale: GAU.Scale = .length, length: Int? = 20, isCausal: Bool = true) -> GAU {
        GAU(
            8, keyChannels: 6, isCausal: isCausal, scale: scale, length: length, rotary: true,
            shiftsTokens: true, using: RandomGenerator(seed: 2))
    }

    @Test func resultAndGradientsAreThePeers() throws {
        try expectPeer("gau.causal", GAU(6, keyChannels: 4, isCausal: true))
        try expectPeer("gau.full", GAU(6, keyChannels: 4, activation: .laplace, usesScaleNorm: true)) {
            $0($1, keyMask: $2)
        }
    }

    @Test(arguments: GAU.Scale.allCases)
    func stepsGiveTheWhole(_ scale: GAU.Scale) {
        let layer = Self.layer(scale)
        let x = Self.x.narrow(axis: 1, start: 0, count: 20)
        expectPartsGiveTheWhole(layer, x)
        expectPrefixes(layer, x, counts: [0, 1, 7], absolute: 2e-6)
        let parallel = layer(x)
        layer.form = .recurrent
        expectClose(layer(x), parallel, relative: 1e-5)
    }

    @Test func gradientsOfStepsAreThoseOfTheWhole() {
        let x = Self.x.narrow(axis: 1, start: 0, count: 9).to(.float64)
        let layer = precise(Self.layer())
        let gradients = [SequenceForm.parallel, .recurrent].map { form in
            layer.form = form
            return gradient(of: layer(x).square().sum(), at: layer.parameters().map(\.value))
        }
        for (found, wanted) in zip(gradients[1], gradients[0]) { expectClose(found, wanted, relative: 1e-9) }
    }

    @Test func aCopyOfAStateGoesOnByItself() {
        let layer = Self.layer()
        let parts = Self.x.narrow(axis: 1, start: 0, count: 20).split(sizes: [8, 6, 6], axis: 1)
        var state = layer.initialState(batch: 2)
        _ = layer.advance(parts[0], &state)
        var other = state
        _ = layer.advance(parts[2], &other)
        let found = layer.advance(parts[1], &state)
        #expect(state.cache.count == 14 && other.cache.count == 14)
        expectClose(found, layer(Self.x)[0..., 8..<14], relative: 1e-5)
    }

    @Test func whatComesLaterChangesNothingBefore() {
        expectNothingFromLater(Self.layer(), Self.x, from: 30)
        expectNothingFromLater(Self.layer(length: nil), Self.x, from: 30)
    }

    /// Divided by its own length, a sequence's beginning gives something else: what `length` is for.
    @Test func withoutALengthTheWholeMatters() {
        let layer = Self.layer(length: nil)
        let found = layer(Self.x.narrow(axis: 1, start: 0, count: 5))
        let beginning = layer(Self.x).narrow(axis: 1, start: 0, count: 5)
        #expect((found - beginning).abs().max().item(as: Float.self) > 1e-3)
    }

    @Test func gradientsAreThoseOfDifferences() throws {
        let x = Tensor.normal([1, 5, 8], dtype: .float64, using: RandomGenerator(seed: 4))
        for (activation, isCausal) in [(GatedAttentionActivation.squaredReLU, true), (.laplace, false)] {
            let layer = precise(
                GAU(
                    8, keyChannels: 6, isCausal: isCausal, activation: activation, scale: .keys, rotary: true,
                    usesScaleNorm: true, shiftsTokens: true, using: RandomGenerator(seed: 2)))
            try checkGradients(at: [x]) { layer($0[0]) }
        }
    }

    /// A step that sees itself alone loses its weight or keeps it, and of what is added some channels.
    @Test func weightsAndResultsAreDroppedInTraining() throws {
        let layer = GAU(8, keyChannels: 6, positionBias: false, dropout: 0.5, using: RandomGenerator(seed: 2))
        try layer.load(["to_out.0.bias": .zeros([8])], strict: false)
        let x = Tensor.normal([2000, 1, 8], using: RandomGenerator(seed: 1)) + 1
        let isSame = layer(x) .== x
        let rows = isSame.all(axis: 2).to(.float32).mean().item(as: Float.self)
        #expect(0.45..<0.56 ~= rows, "\(rows)")
        let elements = isSame.to(.float32).mean().item(as: Float.self)
        #expect(0.7..<0.8 ~= elements, "\(elements)")
        layer.evaluate()
        #expect((layer(x) .!= x).all().item(as: Bool.self))
        let all = GAU(8, keyChannels: 6, dropout: 1)
        #expect(all(x).array(of: Float.self) == x.array(of: Float.self))
    }

    @Test func itStartsAsItSays() {
        let start = GAU(8, keyChannels: 500).stateDictionary()
        #expect(start["offsetscale.gamma"]!.array(of: Float.self).allSatisfy { $0 == 1 })
        #expect(start["offsetscale.beta"]!.array(of: Float.self).allSatisfy { $0 == 0 })
        let published = GAU(8, keyChannels: 500, gamma: .normal(mean: 0, std: 0.02)).stateDictionary()
        let spread = published["offsetscale.gamma"]!.standardDeviation().item(as: Float.self)
        #expect(0.018..<0.022 ~= spread)
        #expect(GAU(8, keyChannels: 5, rotary: true).stateDictionary()["rotary_pos_emb.freqs"]!.shape == [2])
    }

    static let mistakes: [@Sendable () -> Void] = [
        { _ = GAU(0) }, { _ = GAU(4, length: 0) }, { _ = GAU(4, dropout: 1.5) },
        { _ = GAU(4)(.ones([2, 3, 5])) },
        { _ = GAU(4, isCausal: true).initialState(batch: 1) },
        { _ = GAU(4)(.ones([2, 3, 4]), keyMask: .ones([2, 3, 1], dtype: .bool)) },
        { GAU(4, isCausal: true).form = .recurrent }, { GAU(4, isCausal: true, length: 3).form = .chunked },
        {
            let layer = GAU(4, isCausal: true, length: 3)
            var state = layer.initialState(batch: 2)
            _ = layer.advance(.ones([1, 3, 4]), &state)
        },
    ]

    @Test func mistakesAreNamed() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            reportOthers(than: "GAU", GAUTests.mistakes)
        }
        #expect(message(result).isEmpty, "\(message(result))")
    }
}
