/// What comes beyond the edges of a padded tensor.
public enum PadMode: Sendable {
    /// One number everywhere.
    case constant(Double)
    /// One complex number everywhere, for complex tensors.
    case complexConstant(Complex<Double>)
    /// The mirror image, without repeating the edge: c b | a b c | b a.
    case reflect
    /// The edge, again and again: a a | a b c | c c.
    case replicate
    /// The other end: b c | a b c | a b.
    case circular
}
