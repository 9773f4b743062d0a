import Apus

/// Layers applied one after the other, named by their index: `0.weight`, `2.bias`.
public final class Sequential: Module, Layer {
    public let layers: [any Layer]

    public init(_ layers: [any Layer]) { self.layers = layers }
    public convenience init(_ layers: any Layer...) { self.init(layers) }

    public override var members: [(name: String, member: Member)] {
        layers.enumerated().map { ("\($0.offset)", .module($0.element)) }
    }

    /// A linear layer or a batch normalisation and the ReLU after it are one pass over memory.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        var x = x
        var index = 0
        while index < layers.count {
            if index + 1 < layers.count, let linear = layers[index] as? Linear, layers[index + 1] is ReLU {
                x = x.linear(linear.weight.value, bias: linear.bias?.value, relu: true)
                index += 2
            } else if index + 1 < layers.count, let norm = layers[index] as? BatchNorm,
                layers[index + 1] is ReLU
            {
                x = norm(x, activation: .relu)
                index += 2
            } else {
                x = layers[index](x)
                index += 1
            }
        }
        return x
    }

    public subscript(index: Int) -> any Layer { layers[index] }
}
