import Apus
import ApusNN
import Testing
import _ApusTestSupport

/// Retention and RetNet's block against torchscale's, with what Scripts/sequence_peer.py wrote, and their forms.
@Suite struct RetentionTests {
    private static let x = Tensor.normal([2, 75, 8], using: RandomGenerator(seed: 1))

    @Test func resultAndGradientsAreThePeers() throws {
        for form in [SequenceForm.parallel, .recurrent, .chunked] {
            // The peer divides its scores by sums, which the norm after them takes out but for its ε.
            let block = RetNetBlock(8, heads: 2, epsilon: 1e-12)
            block.form = form
            try expectPeer("retNet", block)
        }
    }

    @Test func formsGiveTheSame() {
        let layer = Retention(8, heads: 2, shiftsTokens: true, using: RandomGenerator(seed: 2))
        let chunked = layer(Self.x)
        for form in [SequenceForm.parallel, .recurrent] {
            layer.form = form
            expectClose(layer(Self.x), chunked, "\(form)", relative: 2e-5)
            expectPartsGiveTheWhole(layer, Self.x.narrow(axis: 1, start: 0, count: 9), relative: 2e-5)
        }
        layer.form = .chunked
        expectPartsGiveTheWhole(layer, Self.x, relative: 2e-5)
        expectNothingFromLater(layer, Self.x, from: 30)
        expectPartsGiveTheWhole(RetNetBlock(8, heads: 4, using: RandomGenerator(seed: 2)), Self.x)
    }

    /// γ = 1 − 2^(−5−h): a value of one step is left by that power of the distance.
    @Test func headsForgetAtTheirPace() {
        let layer = Retention(6, heads: 3, valueChannels: 6)
        var state = layer.initialState(batch: 1)
        _ = layer.advance(.ones([1, 1, 6]), &state)
        let before = state.memory
        _ = layer.advance(.zeros([1, 10, 6]), &state)
        let left = (state.memory / before).reshape([3, 4])
        for head in 0..<3 {
            var wanted = 1.0
            for _ in 0..<10 { wanted *= 1 - 1 / Double(32 << head) }
            expect(left[head], equals: [wanted, wanted, wanted, wanted], "\(head)")
        }
        #expect(state.position == 11)
    }

    @Test func gradientsAreThoseOfDifferences() throws {
        let x = Tensor.normal([1, 5, 8], dtype: .float64, using: RandomGenerator(seed: 4))
        let block = precise(RetNetBlock(8, heads: 2, shiftsTokens: true))
        for form in [SequenceForm.parallel, .recurrent, .chunked] {
            block.form = form
            try checkGradients(at: [x]) { block($0[0]) }
        }
    }

    /// After so many steps nothing is left of the first ones, and nothing overflows on the way.
    @Test(arguments: [SequenceForm.parallel, .chunked])
    func longSequencesStayFinite(_ form: SequenceForm) {
        let layer = Retention(4, heads: 1, using: RandomGenerator(seed: 2))
        layer.form = form
        let x = Tensor.normal([1, 3000, 4], using: RandomGenerator(seed: 3)).requiringGradient()
        let y = layer(x)
        y.sum().backward()
        #expect(y.array(of: Float.self).allSatisfy { $0.isFinite })
        #expect(x.grad!.array(of: Float.self).allSatisfy { $0.isFinite })
    }

    @Test func itStartsAsPublished() {
        let layer = Retention(64, heads: 2, using: RandomGenerator(seed: 1))
        func largest(_ layer: Linear) -> Double { layer.weight.value.abs().max().item(as: Double.self) }
        // √(6/(in + out)) times the gain.
        #expect(0.95..<1 ~= largest(layer.queryProjection) / (0.0484122918 * 0.7071067812 * 1.1180339887))
        #expect(0.95..<1 ~= largest(layer.outProjection) / (0.1767766953 * 0.5))
    }

    static let mistakes: [@Sendable () -> Void] = [
        { _ = Retention(6, heads: 2) }, { _ = Retention(4, heads: 2)(.ones([2, 3, 5])) },
        { Retention(4, heads: 2).form = .convolution }, { _ = Retention(8, heads: 2, valueChannels: 3) },
        {
            let layer = Retention(4, heads: 2)
            var state = layer.initialState(batch: 2)
            _ = layer.advance(.ones([1, 3, 4]), &state)
        },
    ]

    @Test func mistakesAreNamed() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            reportOthers(than: "Retention", RetentionTests.mistakes)
        }
        #expect(message(result).isEmpty, "\(message(result))")
    }
}
