/// What a loss does with the losses of the single examples.
public enum LossReduction: Sendable, Hashable {
    /// One loss for each.
    case none
    /// Their mean, a scalar.
    case mean
    /// Their sum, a scalar.
    case sum
}
