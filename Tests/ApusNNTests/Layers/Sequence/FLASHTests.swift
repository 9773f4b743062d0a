import Apus
import ApusNN
import Testing
import _ApusTestSupport

/// FLASH against FLASH-pytorch's, with what Scripts/sequence_peer.py wrote, and its properties.
@Suite struct FLASHTests {
    private static let x = Tensor.normal([2, 50, 8], using: RandomGenerator(seed: 1))

    private static func layer(group: Int = 8, isCausal: Bool = true) -> FLASH {
        FLASH(
            8, group: group, keyChannels: 6, isCausal: isCausal, shiftsTokens: true,
            using: RandomGenerator(seed: 2))
    }

    @Test func resultAndGradientsAreThePeers() throws {
        try expectPeer(
            "flash.causal",
            FLASH(6, group: 8, keyChannels: 4, isCausal: true, usesScaleNorm: true, shiftsTokens: true))
        try expectPeer("flash.full", FLASH(6, group: 8, keyChannels: 4, activation: .laplace)) {
            $0($1, keyMask: $2)
        }
    }

    @Test(arguments: [1, 8, 25, 64])
    func formsGiveTheSame(_ group: Int) {
        let layer = Self.layer(group: group)
        let parallel = layer(Self.x)
        expectPartsGiveTheWhole(layer, Self.x)
        for form in [SequenceForm.chunked, .recurrent] {
            layer.form = form
            expectClose(layer(Self.x), parallel, "\(form)", relative: 1e-5)
        }
    }

    @Test func theStateIsBounded() {
        let layer = Self.layer()
        var state = layer.initialState(batch: 2)
        _ = layer.advance(Self.x, &state)
        #expect(state.keys.shape == [2, 2, 6] && state.sums.shape == [2, 6, 16] && state.groups == 6)
    }

    @Test func whatComesLaterChangesNothingBefore() {
        expectNothingFromLater(Self.layer(), Self.x, from: 30)
        expectPrefixes(Self.layer(), Self.x, counts: [0, 1, 7, 8, 9, 30, 49], absolute: 7e-7)
    }

    /// Without its linear branches and in one group it is the attention of that group.
    @Test func inOneGroupItIsLocal() {
        let layer = Self.layer(group: 64)
        let whole = layer(Self.x)
        let (gamma, beta) = (layer.stateDictionary()["qk_offset_scale.gamma"]!, Tensor.zeros([4, 6]))
        let isSquare = Tensor([1, 0, 1, 0], shape: [4, 1], dtype: .float32)
        try? layer.load(
            ["qk_offset_scale.gamma": gamma * isSquare, "qk_offset_scale.beta": beta], strict: false)
        expectClose(layer(Self.x), whole, relative: 1e-6)
        let short = Self.layer(group: 8)
        #expect(!short(Self.x).allClose(whole))
    }

    /// In training, and what comes from other groups stays.
    @Test func weightsWithinGroupsAreDropped() throws {
        for form in [SequenceForm.parallel, .chunked, .recurrent] {
            let layer = FLASH(
                8, group: 4, keyChannels: 6, isCausal: true, dropout: 1, using: RandomGenerator(seed: 2))
            layer.form = form
            try layer.load(["to_out.bias": .zeros([8])], strict: false)
            let change = layer(Self.x) - Self.x
            #expect(change[0..., 0..<4].abs().max().item(as: Float.self) == 0, "\(form)")
            #expect(change[0..., 4...].abs().min().item(as: Float.self) > 0, "\(form)")
            layer.evaluate()
            let kept = (layer(Self.x) - Self.x)[0..., 0..<4]
            #expect(kept.abs().max().item(as: Float.self) > 0, "\(form)")
        }
    }

    @Test func gradientsAreThoseOfDifferences() throws {
        let x = Tensor.normal([1, 7, 8], dtype: .float64, using: RandomGenerator(seed: 4))
        for isCausal in [true, false] {
            let layer = precise(Self.layer(group: 3, isCausal: isCausal))
            try checkGradients(at: [x]) { layer($0[0]) }
        }
        let layer = precise(Self.layer(group: 3))
        layer.form = .chunked
        try checkGradients(at: [x]) { layer($0[0]) }
    }

    /// What is masked has no weight, neither within groups nor between them.
    @Test func paddingCountsForNothing() {
        let layer = FLASH(8, group: 4, keyChannels: 6, using: RandomGenerator(seed: 2))
        let x = Self.x.narrow(axis: 1, start: 0, count: 10)
        let mask = (Tensor.arange(10) .< 6).broadcast(to: [2, 10])
        let other = Tensor.cat([x.narrow(axis: 1, start: 0, count: 6), .full([2, 4, 8], 5)], axis: 1)
        let rows = [x, other].map {
            layer($0, keyMask: mask).narrow(axis: 1, start: 0, count: 6).array(of: Float.self)
        }
        #expect(rows[0] == rows[1])
    }

    static let mistakes: [@Sendable () -> Void] = [
        { _ = FLASH(4, group: 0) }, { _ = FLASH(4, dropout: -1) }, { _ = FLASH(4)(.ones([2, 3, 5])) },
        { _ = FLASH(4).initialState(batch: 1) }, { FLASH(4).form = .chunked },
        { _ = FLASH(4)(.ones([2, 3, 4]), keyMask: .ones([2, 3])) },
        {
            let layer = FLASH(4, isCausal: true)
            var state = layer.initialState(batch: 2)
            _ = layer.advance(.ones([1, 3, 4]), &state)
        },
    ]

    @Test func mistakesAreNamed() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            reportOthers(than: "FLASH", FLASHTests.mistakes)
        }
        #expect(message(result).isEmpty, "\(message(result))")
    }
}
