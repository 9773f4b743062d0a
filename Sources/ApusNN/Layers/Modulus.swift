import Apus

/// The modulus of each number, which is real: what ends the complex part of a network.
public final class Modulus: Module, Layer {
    /// Real, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.abs() }
}
