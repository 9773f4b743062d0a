import Apus
import ApusNN

/// A transformer's second half of a block: linear, GELU and linear, each of the two followed by dropout. The state has
/// torchvision's names, `0.weight` and `3.weight`.
func transformerMLP(
    _ channels: Int, hidden: Int, dropout: Double = 0, weights: Initializer, using generator: RandomGenerator
) -> Sequential {
    Sequential(
        Linear(channels, hidden, using: generator).initialized(weights, using: generator), GELU(),
        Dropout(dropout),
        Linear(hidden, channels, using: generator).initialized(weights, using: generator), Dropout(dropout))
}
