import Apus

/// Layers applied one after the other, named by their index: `0.weight`, `2.bias`.
public final class Sequential: Module, Layer {
    public let layers: [any Layer]

    public init(_ layers: [any Layer]) { self.layers = layers }
    public convenience init(_ layers: any Layer...) { self.init(layers) }

    public override var members: [(name: String, member: Member)] {
        layers.enumerated().map { ("\($0.offset)", .module($0.element)) }
    }

    /// A ReLU after a linear layer, a convolution or a batch normalisation is part of that layer's operation.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        var x = x
        var index = 0
        while index < layers.count {
            let isBeforeReLU = index + 1 < layers.count && layers[index + 1] is ReLU
            if isBeforeReLU, let fused = Sequential.withReLU(layers[index], x) {
                x = fused
                index += 2
            } else {
                x = layers[index](x)
                index += 1
            }
        }
        return x
    }

    /// The layer and ReLU as one operation; nil for layers that have no such form.
    private static func withReLU(_ layer: any Layer, _ x: Tensor) -> Tensor? {
        switch layer {
        case let layer as Linear: x.linear(layer.weight.value, bias: layer.bias?.value, relu: true)
        case let layer as Convolution: layer(x, relu: true)
        case let layer as BatchNorm: layer(x, activation: .relu)
        default: nil
        }
    }

    public subscript(index: Int) -> any Layer { layers[index] }
}
