/// What ``Tensor/wkv(value:decay:first:state:file:line:)`` remembers of a sequence: the sum of weighted values, and that of
/// weights, which are numerator·e^exponent and denominator·e^exponent.
///
/// Each is [batch, channels], in float32 where keys have 16 bits. No gradient flows through the last exponent, which counts as a
/// constant: that of a loss is right where it reads the sums, not where it reads a numerator alone. A state that is given has
/// gradients of all parts.
public struct WKVState: Sendable {
    /// The sum of weighted values over e^exponent.
    public var numerator: Tensor
    /// The sum of weights over e^exponent.
    public var denominator: Tensor
    /// That of the unit in which the sums are written.
    public var exponent: Tensor

    /// A state of its parts, each [batch, channels].
    public init(numerator: Tensor, denominator: Tensor, exponent: Tensor) {
        (self.numerator, self.denominator, self.exponent) = (numerator, denominator, exponent)
    }

    var parts: [Tensor] { [numerator, denominator, exponent] }
}
