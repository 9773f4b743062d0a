/// How `gelu` is computed.
public enum GELUApproximation: Sendable {
    /// With the error function.
    case none
    /// ½x(1 + tanh(√(2/π)(x + 0.044715x³))), as in GPT-2.
    case tanh
}
