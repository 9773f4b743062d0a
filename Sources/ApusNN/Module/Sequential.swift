import Apus

/// Layers applied one after the other, named by their index: `0.weight`, `2.bias`.
///
/// An activation after a layer is a pass over memory of its own; layers with an `activation:` apply it as part of their
/// operation, and `frozen` does so by itself.
public final class Sequential: Module, Layer {
    public let layers: [any Layer]

    public init(_ layers: [any Layer]) { self.layers = layers }

    public convenience init(_ layers: any Layer...) { self.init(layers) }

    public override var members: [(name: String, member: Member)] {
        layers.enumerated().map { ("\($0.offset)", .module($0.element)) }
    }

    public func callAsFunction(_ x: Tensor) -> Tensor { layers.reduce(x) { $1($0) } }

    public subscript(index: Int) -> any Layer { layers[index] }
}
