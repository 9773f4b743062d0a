import Apus

/// Layers applied one after the other, named by their index: `0.weight`, `2.bias`.
///
/// An activation after a layer is a pass over memory of its own; layers with an `activation:` apply it as part of their
/// operation, and `frozen` does so by itself.
public final class Sequential: Module, Layer {
    /// As they were given; their indices are their names.
    public let layers: [any Layer]
    /// Whether the backward pass computes what each layer holds a second time instead of keeping it, as `checkpoint` does:
    /// less memory, more time.
    public var isCheckpointed = false

    /// - Parameter layers: in the order in which they are applied.
    public init(_ layers: [any Layer]) { self.layers = layers }

    /// - Parameter layers: in the order in which they are applied.
    public convenience init(_ layers: any Layer...) { self.init(layers) }

    public override var members: [(name: String, member: Member)] {
        layers.enumerated().map { ("\($0.offset)", .module($0.element)) }
    }

    /// What the last layer makes of it; without layers `x` itself.
    public func forward(_ x: Tensor) -> Tensor {
        layers.reduce(x) { x, layer in isCheckpointed ? checkpoint { layer(x) } : layer(x) }
    }

    /// The layer at this index, counted from 0.
    public subscript(index: Int) -> any Layer { layers[index] }
}
