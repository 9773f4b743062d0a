/// What becomes of the rows of a bag.
public enum EmbeddingBagMode: Sendable, Hashable {
    /// Their sum, each times its weight where there are weights.
    case sum
    /// Their mean.
    case mean
    /// For each feature the largest.
    case max
}
