import Apus
import Glibc

/// RWKV-4's way to mix positions: a gated average of the values so far, in which each channel forgets at its own pace (Peng et al.
/// 2023, "RWKV: Reinventing RNNs for the Transformer Era", section 3.1).
///
/// Inputs of each projection are a mixture of a position's and the one's before it.
///
/// State, with the names of the authors' code: `time_decay`, `time_first` [channels], `time_mix_k`, `time_mix_v`, `time_mix_r`
/// [1, 1, channels], `key.weight`, `value.weight`, `receptance.weight`, `output.weight`. Train without weight decay.
public final class RWKVTimeMix: Module, StepwiseLayer {
    /// What is remembered between steps.
    public struct State {
        /// The last input, [batch, channels].
        public var input: Tensor
        /// The sums of the average; nil before the first step.
        public var sums: WKVState?
    }

    /// ln of how fast a channel forgets, [channels].
    public let decay: Parameter
    /// What is added to the key of the position itself, [channels].
    public let first: Parameter
    /// The share of the position's own input in what keys, values and gates are made of, [1, 1, channels] each.
    public let mixes: [Parameter]
    /// To keys.
    public let key: Linear
    /// To values.
    public let value: Linear
    /// To gates.
    public let receptance: Linear
    /// Of the gated averages.
    public let output: Linear
    private let channels: Int

    /// - Parameters:
    ///   - layer: which of the layers it is, from 0: what channels remember, and how they mix, starts by it, as published.
    ///   - layers: how many there are.
    public init(
        _ channels: Int, layer: Int = 0, of layers: Int = 1, using generator: RandomGenerator = .default
    ) {
        if channels < 1 || !(0..<max(layers, 0)).contains(layer) {
            fail("RWKVTimeMix", "\(channels) channels in layer \(layer) of \(layers)")
        }
        self.channels = channels
        let start = RWKVStart(channels, layer, layers)
        decay = Parameter(
            start.each { -5 + 8 * pow($0 / Double(max(channels - 1, 1)), 0.7 + 1.3 * start.depth) })
        first = Parameter(
            start.each { log(0.3) + 0.5 * Double((Int($0) + 1) % 3 - 1) })
        let rest = start.rest
        mixes = [
            start.mix { pow($0, rest) }, start.mix { pow($0, rest) + 0.3 * start.depth },
            start.mix { pow($0, rest / 2) },
        ]
        key = start.projection(channels, channels, .zeros, generator)
        value = start.projection(channels, channels, .orthogonal(), generator)
        receptance = start.projection(channels, channels, .zeros, generator)
        output = start.projection(channels, channels, .zeros, generator)
    }

    public override var members: [(name: String, member: Member)] {
        [("time_decay", .parameter(decay)), ("time_first", .parameter(first))]
            + zip(["time_mix_k", "time_mix_v", "time_mix_r"], mixes).map { ($0, .parameter($1)) }
            + [
                ("key", .module(key)), ("value", .module(value)), ("receptance", .module(receptance)),
                ("output", .module(output)),
            ]
    }

    /// An input of zeros, and no sums.
    public func initialState(batch: Int) -> State {
        withDevice(decay.value.device) {
            State(input: .zeros([batch, channels], dtype: decay.value.dtype), sums: nil)
        }
    }

    /// The state is the last input and the sums so far.
    public func advance(_ x: Tensor, _ state: inout State) -> Tensor {
        let mixed = RWKVStart.mixed(x, state.input, mixes, "RWKVTimeMix")
        let (average, sums) = key(mixed[0]).wkv(
            value: value(mixed[1]), decay: -decay.value.exp(), first: first.value, state: state.sums)
        let gated = receptance(mixed[2]).sigmoid() * average
        state = State(input: RWKVStart.last(x), sums: sums)
        return output(gated)
    }
}
