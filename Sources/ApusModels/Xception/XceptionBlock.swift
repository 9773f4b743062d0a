import Apus
import ApusNN

/// Depthwise separable convolutions with ReLU before and batch normalisation after them, added to the input
/// (Chollet 2017): [batch, inputs, height, width] to [batch, outputs, ⌈height / stride⌉, ⌈width / stride⌉].
///
/// State: `rep.1.conv1.weight`, `rep.1.pointwise.weight`, `rep.2.…` and so on, `skip.weight`, `skipbn.…`.
public final class XceptionBlock: Module, Layer {
    /// A 1×1 convolution of the input, where it has not the shape of the result.
    public let skip: Conv2d?
    /// Of that convolution.
    public let skipbn: BatchNorm2d?
    /// The convolutions, and max pooling where the stride is not 1.
    public let rep: Sequential

    /// Weights start normally distributed for ReLU, by their outputs (He et al. 2015).
    ///
    /// - Parameters:
    ///   - widths: channels after each convolution; the last are the outputs.
    ///   - startsWithReLU: false where ReLU has been applied to the input.
    public init(
        _ inputs: Int, widths: [Int], stride: Int = 1, startsWithReLU: Bool = true,
        using generator: RandomGenerator = .default
    ) {
        guard let outputs = widths.last else { fail("XceptionBlock", "no widths: a block has convolutions") }
        let isChanged = inputs != outputs || stride != 1
        skip =
            isChanged
            ? Conv2d(inputs, outputs, kernel: 1, stride: Extents(stride), bias: false, using: generator)
                .initialized(.heNormal(fan: .fanOut), using: generator) : nil
        skipbn = isChanged ? BatchNorm2d(outputs) : nil
        var layers: [any Layer] = []
        for (from, to) in zip([inputs] + widths, widths) {
            layers += [ReLU(), xceptionConvolution(from, to, generator), BatchNorm2d(to)]
        }
        if !startsWithReLU { layers.removeFirst() }
        if stride != 1 { layers.append(MaxPool2d(3, stride: Extents(stride), padding: 1)) }
        rep = Sequential(layers)
    }

    /// [batch, inputs, height, width] to [batch, outputs, ⌈height / stride⌉, ⌈width / stride⌉].
    public func forward(_ x: Tensor) -> Tensor {
        guard let skip, let skipbn else { return rep(x) + x }
        return rep(x) + skipbn(skip(x))
    }
}

/// A 3×3 convolution of each channel and a 1×1 convolution, without bias.
func xceptionConvolution(_ inputs: Int, _ outputs: Int, _ generator: RandomGenerator) -> NamedSequential {
    NamedSequential([
        (
            "conv1",
            DepthwiseConv2d(inputs, kernel: 3, padding: 1, bias: false, using: generator)
                .initialized(.heNormal(fan: .fanOut), using: generator)
        ),
        (
            "pointwise",
            Conv2d(inputs, outputs, kernel: 1, bias: false, using: generator)
                .initialized(.heNormal(fan: .fanOut), using: generator)
        ),
    ])
}
