import Apus
import ApusNN
import Testing
import _ApusTestSupport

/// Mamba-2 against transformers', with what Scripts/sequence_peer.py wrote, and its forms against each other.
@Suite struct Mamba2Tests {
    private static let x = Tensor.normal([2, 75, 8], using: RandomGenerator(seed: 1))

    private static func layer(groups: Int = 1) -> Mamba2 {
        Mamba2(8, states: 5, headChannels: 4, groups: groups, using: RandomGenerator(seed: 2))
    }

    @Test func resultAndGradientsAreThePeers() throws {
        // It computes in float32 between.
        for form in [SequenceForm.recurrent, .chunked] {
            let layer = Mamba2(6, states: 5, headChannels: 4)
            layer.form = form
            try expectPeer("mamba2", layer, relative: 1e-4)
            let grouped = Mamba2(6, states: 5, headChannels: 3, groups: 2)
            grouped.form = form
            try expectPeer("mamba2.groups", grouped, relative: 1e-4)
        }
    }

    @Test(arguments: [1, 2, 4])
    func formsGiveTheSame(_ groups: Int) {
        let layer = Self.layer(groups: groups)
        let chunked = layer(Self.x)
        expectPartsGiveTheWhole(layer, Self.x)
        expectNothingFromLater(layer, Self.x, from: 30)
        layer.form = .recurrent
        expectClose(layer(Self.x), chunked, relative: 1e-5)
        expectPartsGiveTheWhole(layer, Self.x.narrow(axis: 1, start: 0, count: 9))
    }

    @Test func gradientsAreThoseOfDifferences() throws {
        let x = Tensor.normal([1, 5, 8], dtype: .float64, using: RandomGenerator(seed: 4))
        for groups in [1, 2] {
            let layer = precise(Self.layer(groups: groups))
            for form in [SequenceForm.recurrent, .chunked] {
                layer.form = form
                try checkGradients(at: [x]) { layer($0[0]) }
            }
        }
    }

    /// Rates and steps whose decays are 0 or 1, and products of them that overflow.
    @Test(arguments: [-200.0, 5, 60, 100, 300])
    func extremeDecaysStayFinite(_ logarithm: Double) {
        let layer = Self.layer()
        layer.decayLogarithm.value = .full([4], logarithm, dtype: .float32)
        for bias in [-200.0, 0, 50] {
            layer.stepBias.value = .full([4], bias, dtype: .float32)
            for form in [SequenceForm.recurrent, .chunked] {
                layer.form = form
                layer.zeroGradients()
                let y = layer(Self.x)
                y.sum().backward()
                let all = [y] + layer.parameters().compactMap(\.grad)
                #expect(
                    all.allSatisfy { $0.array(of: Float.self).allSatisfy { $0.isFinite } },
                    "\(logarithm) \(bias) \(form)")
            }
        }
    }

    @Test func itStartsAsPublished() {
        let layer = Mamba2(64, states: 4, headChannels: 1, using: RandomGenerator(seed: 1))
        let steps = layer.stepBias.value.softplus().array(of: Double.self)
        #expect(steps.allSatisfy { 0.00099 < $0 && $0 < 0.1001 })
        let rates = layer.decayLogarithm.value.exp().array(of: Double.self)
        #expect(rates.allSatisfy { 0.999 < $0 && $0 < 16.001 } && 6..<11 ~= rates.reduce(0, +) / 128)
        #expect(layer.skip.value.array(of: Float.self).allSatisfy { $0 == 1 })
    }

    static let mistakes: [@Sendable () -> Void] = [
        { _ = Mamba2(6) }, { _ = Self.layer(groups: 3) }, { _ = Self.layer()(.ones([2, 3, 5])) },
        { Self.layer().form = .parallel },
        {
            let layer = Self.layer()
            layer.skip.value = .ones([3])
            _ = layer(Self.x)
        },
        {
            let layer = Self.layer(groups: 2)
            layer.norm.weight!.value = .ones([4, 4])
            _ = layer(Self.x)
        },
        {
            let layer = Self.layer()
            var state = layer.initialState(batch: 2)
            _ = layer.advance(.ones([1, 3, 8]), &state)
        },
    ]

    @Test func mistakesAreNamed() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            reportOthers(than: "Mamba2", Mamba2Tests.mistakes)
        }
        #expect(message(result).isEmpty, "\(message(result))")
    }
}
