import Apus

/// Layers applied one after the other, named by their index: `0.weight`, `2.bias`.
public final class Sequential: Module, Layer {
    /// As they were given; their places are their names.
    public let layers: [any Layer]

    /// The layers that do something, in the order in which they are applied.
    private let steps: [any Layer]

    /// - Parameter layers: in the order in which they are applied.
    public init(_ layers: [any Layer]) {
        self.layers = layers
        steps = Sequential.reordered(layers.filter { !($0 is Identity) })
    }

    /// - Parameter layers: in the order in which they are applied.
    public convenience init(_ layers: any Layer...) { self.init(layers) }

    public override var members: [(name: String, member: Member)] {
        layers.enumerated().map { ("\($0.offset)", .module($0.element)) }
    }

    /// A ReLU between a convolution and max pooling comes after the pooling: the largest is the same, and so are
    /// all gradients, but there are fewer elements to pass over. Not so where windows may lie wholly in padding.
    private static func reordered(_ layers: [any Layer]) -> [any Layer] {
        var layers = layers
        for index in layers.indices.dropLast(2)
        where layers[index] is Convolution && layers[index + 1] is ReLU {
            guard let pooling = layers[index + 2] as? any MaxPooling & Layer else { continue }
            if pooling.padding.values.allSatisfy({ $0 == 0 }) && !pooling.ceilMode {
                layers.swapAt(index + 1, index + 2)
            }
        }
        return layers
    }

    /// A ReLU after a linear layer, a convolution, a batch normalisation or max pooling is part of that layer's
    /// operation, and so is a CReLU after a batch normalisation of complex numbers.
    public func callAsFunction(_ x: Tensor) -> Tensor {
        var x = x
        var index = 0
        while index < steps.count {
            let isBeforeReLU = index + 1 < steps.count && steps[index + 1] is ReLU
            if isBeforeReLU, let fused = Sequential.withReLU(steps[index], x) {
                x = fused
                index += 2
            } else if let norm = steps[index] as? ComplexBatchNorm, index + 1 < steps.count,
                steps[index + 1] is CReLU
            {
                x = norm(x, activation: .relu)
                index += 2
            } else {
                x = steps[index](x)
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
        case let layer as DepthwiseSeparableConv2d: layer.pointwise(layer.depthwise(x), relu: true)
        case let layer as BatchNorm: layer(x, activation: .relu)
        case let layer as MaxPool1d: layer(x, relu: true)
        case let layer as MaxPool2d: layer(x, relu: true)
        case let layer as MaxPool3d: layer(x, relu: true)
        default: nil
        }
    }

    /// The layers for inference: those that a batch normalisation follows take it in, and an `Identity` takes its
    /// place, so that the state keeps its names. They then have a bias. A normalisation without running statistics
    /// stays.
    ///
    /// The program stops in training. Layers that do not change are shared with this model; after more training,
    /// fuse again.
    ///
    /// Results differ from this model's by rounding. A linear layer is taken to have inputs [batch, inputs].
    public func fused() -> Sequential {
        requireEvaluation()
        var fused: [any Layer] = []
        var previous: Int?
        for layer in layers.map({ $0.fused() }) {
            if let norm = layer as? BatchNorm, let index = previous,
                let folded = (fused[index] as? any ScalableLayer)?.taking(norm)
            {
                fused[index] = folded
                fused.append(Identity())
                continue
            }
            if !(layer is Identity) { previous = fused.count }
            fused.append(layer)
        }
        let result = Sequential(fused)
        // Layers that do not change are this model's too, and keep their modes.
        restoringModes { result.evaluate() }
        return result
    }

    /// The layer at this place, counted from 0.
    public subscript(index: Int) -> any Layer { layers[index] }
}

extension ScalableLayer {
    /// This layer with a normalisation folded in; nil where that cannot be.
    fileprivate func taking(_ norm: BatchNorm) -> (any Layer)? {
        let result = folding(norm)
        return result.norm == nil ? result.layer : nil
    }
}
