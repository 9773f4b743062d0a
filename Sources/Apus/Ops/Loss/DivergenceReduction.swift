/// What a divergence does with its terms.
public enum DivergenceReduction: Sendable, Hashable {
    /// One term for each element.
    case none
    /// Their mean, a scalar.
    case mean
    /// Their sum over the number of examples along axis 0, a scalar: the divergence as it is defined.
    case batchMean
    /// Their sum, a scalar.
    case sum
}
