import Apus

extension LayerNorm {
    /// What a part of a network makes of x, added to x: normalised before the part, or after the sum.
    func residual(
        _ x: Tensor, isFirst: Bool, dropout: Double, _ part: (Tensor) -> Tensor
    ) -> Tensor {
        let change = part(isFirst ? self(x) : x)
        let sum = x + (dropout > 0 ? change.dropout(dropout) : change)
        return isFirst ? sum : self(sum)
    }
}
