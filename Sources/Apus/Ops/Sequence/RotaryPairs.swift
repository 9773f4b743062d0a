/// Which channels a rotary embedding turns together.
public enum RotaryPairs: Sendable {
    /// Neighbors, 2j and 2j + 1: as in RoFormer, GPT-J and RetNet.
    case interleaved
    /// Channel j and the one half of the channels further: as in GPT-NeoX and Llama.
    case halves
}
