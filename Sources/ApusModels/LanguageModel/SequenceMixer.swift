import Apus
import ApusNN

/// What mixes the positions of a language model.
public enum SequenceMixer: String, Codable, Sendable, CaseIterable {
    /// Softmax attention with rotary positions: `CausalAttention`.
    case attention
    /// Linear attention: `LinearAttention` with elu + 1, after `SinusoidalPositions`.
    case linear
    /// A gated attention unit with rotary positions: `GAU`, after `SinusoidalPositions`.
    case gau
    /// Gated attention within groups of 64, linear between them: `FLASH`, after `SinusoidalPositions`.
    case flash
    /// Retention, in the blocks of RetNet: `RetNetBlock`.
    case retention
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
    /// A selective state space with a decay for each head: `Mamba2`, in the blocks of the published models.
    case mamba2
    /// RWKV-4: `RWKVTimeMix` and `RWKVChannelMix`, in the blocks of the published models.
    case rwkv
}
