import Apus
import ApusNN
import Testing
import _ApusTestSupport

/// RWKV-4's layers against their formulas, and their forms against each other.
@Suite struct RWKVTests {
    /// Parameters that are not where they start: some are zero there.
    private static func spread(_ layer: Module) {
        let generator = RandomGenerator(seed: 3)
        for (_, parameter) in layer.namedParameters() {
            parameter.value = .uniform(parameter.shape, low: -0.5, high: 0.5, using: generator)
        }
    }

    private static let x = Tensor.normal([2, 9, 6], using: RandomGenerator(seed: 1))

    @Test func timeMixIsItsFormula() {
        let layer = RWKVTimeMix(6)
        Self.spread(layer)
        let y = layer(Self.x)
        var before = Tensor.zeros([2, 6])
        var (numerator, denominator) = (Tensor.zeros([2, 6]), Tensor.zeros([2, 6]))
        let decay = (-layer.decay.value.exp()).exp()
        for (time, x) in Self.x.unbind(axis: 1).enumerated() {
            let mixed = layer.mixes.map { x * $0.value.reshape([6]) + before * (1 - $0.value.reshape([6])) }
            let (k, v) = (layer.key(mixed[0]), layer.value(mixed[1]))
            let own = (layer.first.value + k).exp()
            let average = (numerator + own * v) / (denominator + own)
            let wanted = layer.output(layer.receptance(mixed[2]).sigmoid() * average)
            let found = y.narrow(axis: 1, start: time, count: 1).squeeze(axis: 1)
            expectClose(found, wanted, "step \(time)", relative: 1e-4)
            (numerator, denominator) = (decay * numerator + k.exp() * v, decay * denominator + k.exp())
            before = x
        }
    }

    @Test func stepsGiveTheWhole() {
        let (time, channel) = (RWKVTimeMix(6), RWKVChannelMix(6))
        Self.spread(time)
        Self.spread(channel)
        var (a, b) = (time.initialState(batch: 2), channel.initialState(batch: 2))
        let steps = Self.x.unbind(axis: 1).map { (time.step($0, &a), channel.step($0, &b)) }
        expectClose(.stack(steps.map(\.0), axis: 1), time(Self.x), "time", relative: 1e-5)
        expectClose(.stack(steps.map(\.1), axis: 1), channel(Self.x), "channels", relative: 1e-5)
        var between = time.initialState(batch: 2)
        let parts = Self.x.split(sizes: [4, 5], axis: 1).map { time.advance($0, &between) }
        expectClose(.cat(parts, axis: 1), time(Self.x), "parts", relative: 1e-5)
    }

    @Test func theyStartAsPublished() {
        let layer = RWKVTimeMix(5, layer: 1, of: 3)
        let decay = layer.decay.value.array(of: Double.self)
        // 8 · (1/4)^(0.7 + 1.3/2) - 5
        #expect(decay[0] == -5 && abs(decay[1] - -3.7688) < 1e-3 && decay[4] == 3)
        let first = layer.first.value.array(of: Double.self).map { ($0 + 1.2039728) / 0.5 }
        #expect(zip(first, [0, 1, -1, 0, 1]).allSatisfy { abs($0 - $1) < 1e-5 })
        // Keys and gates are zero, so a sequence starts as its plain average.
        #expect(layer(Tensor.ones([1, 4, 5])).array(of: Float.self).allSatisfy { $0 == 0 })
        #expect(RWKVTimeMix(5)(Tensor.ones([1, 4, 5])).array(of: Float.self).allSatisfy { $0.isFinite })
    }
}
