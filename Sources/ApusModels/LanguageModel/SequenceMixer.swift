import Apus
import ApusNN

/// What mixes the positions of a language model.
public enum SequenceMixer: String, Codable, Sendable, CaseIterable {
    /// Softmax attention with rotary positions: `CausalAttention`.
    case attention
    /// A long short-term memory: `LSTM`.
    case lstm
    /// A linear recurrent unit: `LRUBlock`.
    case lru
    /// A diagonal state space: `S4D`.
    case s4d
    /// A structured state space: `S4`.
    case s4
    /// A selective state space: `Mamba`, in the blocks of the published models.
    case mamba
    /// RWKV-4: `RWKVTimeMix` and `RWKVChannelMix`, in the blocks of the published models.
    case rwkv
}
