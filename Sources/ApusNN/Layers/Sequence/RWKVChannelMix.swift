import Apus
import Glibc

/// RWKV-4's two linear layers at each position: σ(W_r·x) ⊙ W_v·relu(W_k·x)², of a mixture of the position's input and of the one
/// before it (Peng et al. 2023, section 3.1).
///
/// State, with the names of the authors' code: `time_mix_k`, `time_mix_r` [1, 1, channels], `key.weight` [hidden, channels],
/// `receptance.weight`, `value.weight`. Train without weight decay.
public final class RWKVChannelMix: Module, StepwiseLayer {
    /// The share of the position's own input in what the hidden channels and gates are made of, [1, 1, channels] each.
    public let mixes: [Parameter]
    /// To the hidden channels.
    public let key: Linear
    /// To gates.
    public let receptance: Linear
    /// Back from the hidden channels.
    public let value: Linear
    private let channels: Int

    /// - Parameters:
    ///   - hidden: four times the channels where it is nil.
    ///   - layer: which of the layers it is, from 0.
    ///   - layers: how many there are.
    public init(
        _ channels: Int, hidden: Int? = nil, layer: Int = 0, of layers: Int = 1,
        using generator: RandomGenerator = .default
    ) {
        let hidden = hidden ?? 4 * channels
        if channels < 1 || hidden < 1 || !(0..<max(layers, 0)).contains(layer) {
            fail("RWKVChannelMix", "\(channels) channels, \(hidden) hidden, in layer \(layer) of \(layers)")
        }
        self.channels = channels
        let start = RWKVStart(channels, layer, layers)
        let rest = start.rest
        mixes = [start.mix { pow($0, rest) }, start.mix { pow($0, rest) }]
        let gain = max(1, Double(hidden) / Double(channels)).squareRoot()
        key = start.projection(channels, hidden, .orthogonal(gain: gain), generator)
        receptance = start.projection(channels, channels, .zeros, generator)
        value = start.projection(hidden, channels, .zeros, generator)
    }

    public override var members: [(name: String, member: Member)] {
        zip(["time_mix_k", "time_mix_r"], mixes).map { ($0, .parameter($1)) }
            + [("key", .module(key)), ("receptance", .module(receptance)), ("value", .module(value))]
    }

    /// An input of zeros, [batch, channels].
    public func initialState(batch: Int) -> Tensor {
        let mix = mixes[0]
        return withDevice(mix.value.device) { .zeros([batch, channels], dtype: mix.value.dtype) }
    }

    /// The state is the last input.
    public func advance(_ x: Tensor, _ state: inout Tensor) -> Tensor {
        let mixed = RWKVStart.mixed(x, state, mixes, "RWKVChannelMix")
        state = RWKVStart.last(x)
        return receptance(mixed[1]).sigmoid() * value(key(mixed[0]).relu().square())
    }
}
