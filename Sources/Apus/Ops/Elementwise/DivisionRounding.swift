/// What becomes of the fraction of a quotient.
public enum DivisionRounding: Sendable, Hashable {
    /// It is dropped, as in C and Swift: -7 / 2 is -3.
    case towardZero
    /// The next integer below, as in Python: -7 / 2 is -4.
    case down
}
