/// What a loss does with the losses of the single examples.
public enum LossReduction: Sendable, Hashable {
    /// One loss for each.
    case none
    /// Their mean, a scalar.
    case mean
    /// Their sum, a scalar.
    case sum
}

extension Tensor {
    /// These losses as a reduction leaves them, rounded to a type of 16 bits where that is wanted.
    func reduced(_ reduction: LossReduction, as dtype: DType? = nil) -> Tensor {
        let result =
            switch reduction {
            case .none: self
            case .mean: mean()
            case .sum: sum()
            }
        return result.to(dtype ?? self.dtype)
    }
}
