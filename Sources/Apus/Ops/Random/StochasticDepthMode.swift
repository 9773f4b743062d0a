/// What `stochasticDepth` drops together.
public enum StochasticDepthMode: Sendable {
    /// Each sample by itself.
    case row
    /// The whole batch.
    case batch
}
