import Apus
import ApusNN

/// RWKV-4's block: what mixes positions and what mixes channels, both with a residual and normalised before (Peng et al. 2023, figure 2).
///
/// State: `ln1.…`, `ln2.…`, `att.…`, `ffn.…`, and in the first block `ln0.…`, which normalises the embedding.
final class RWKVBlock: Module, StepwiseLayer {
    struct State {
        var time: RWKVTimeMix.State
        var channels: RWKVChannelMix.State
    }

    let ln0: LayerNorm?
    let ln1: LayerNorm
    let ln2: LayerNorm
    let att: RWKVTimeMix
    let ffn: RWKVChannelMix

    init(_ channels: Int, layer: Int, of layers: Int, using generator: RandomGenerator) {
        ln0 = layer == 0 ? LayerNorm(channels) : nil
        ln1 = LayerNorm(channels)
        ln2 = LayerNorm(channels)
        att = RWKVTimeMix(channels, layer: layer, of: layers, using: generator)
        ffn = RWKVChannelMix(channels, layer: layer, of: layers, using: generator)
    }

    func forward(_ x: Tensor) -> Tensor {
        let start = ln0?(x) ?? x
        let mixed = start + att(ln1(start))
        return mixed + ffn(ln2(mixed))
    }

    func initialState(batch: Int) -> State {
        State(time: att.initialState(batch: batch), channels: ffn.initialState(batch: batch))
    }

    func advance(_ x: Tensor, _ state: inout State) -> Tensor {
        let start = ln0?(x) ?? x
        let mixed = start + att.advance(ln1(start), &state.time)
        return mixed + ffn.advance(ln2(mixed), &state.channels)
    }
}
