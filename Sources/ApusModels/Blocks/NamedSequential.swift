import Apus
import ApusNN

/// Layers applied one after the other, each under a name of its own: `conv0.weight`, `norm0.bias`.
public final class NamedSequential: Module, Layer {
    /// As they were given, with their names.
    public let layers: [(name: String, layer: any Layer)]

    /// - Parameter layers: in the order in which they are applied; the members of one whose name is empty go
    ///   by their own names alone.
    public init(_ layers: [(name: String, layer: any Layer)]) { self.layers = layers }

    public override var members: [(name: String, member: Member)] {
        layers.flatMap { name, layer in name.isEmpty ? layer.members : [(name, .module(layer))] }
    }

    /// What the last layer makes of it.
    public func forward(_ x: Tensor) -> Tensor { layers.reduce(x) { $1.layer($0) } }
}
