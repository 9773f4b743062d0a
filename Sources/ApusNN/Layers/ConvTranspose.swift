import Apus

/// Transposed convolution along one axis: [batch, inputs, length] to [batch, outputs, length].
public typealias ConvTranspose1d = ConvTranspose<1>
/// Transposed convolution of planes: [batch, inputs, height, width] to [batch, outputs, height, width].
public typealias ConvTranspose2d = ConvTranspose<2>
/// Transposed convolution of volumes: [batch, inputs, depth, height, width] to [batch, outputs, depth, height, width].
public typealias ConvTranspose3d = ConvTranspose<3>

/// Transposed convolution along one to three axes, with a bias for each output channel. See `Tensor.convTranspose2d`.
///
/// Weight [inputs, outputs / groups, kernel…] and bias start uniform in ±1/√(outputs / groups · kernel), as PyTorch's.
/// Complex ones start as those of `Linear`, with that product as fan in.
public final class ConvTranspose<let axes: Int>: Module, Layer {
    /// [inputs, outputs / groups, kernel…].
    public let weight: Parameter
    /// [outputs]; nil for a layer without.
    public let bias: Parameter?
    private let options: TransposedConvolutionOptions
    private let operation = "convTranspose\(axes)d"

    /// The program stops where the groups do not divide the numbers of channels.
    ///
    /// - Parameters:
    ///   - kernel: positions of the kernel along each spatial axis, at least 1.
    ///   - padding: positions taken away from both ends of the result.
    ///   - outputPadding: positions added to the end, less than the stride or the dilation: a convolution maps several
    ///     lengths to the same one, and this chooses among them.
    ///   - groups: divides inputs and outputs.
    ///   - dtype: of weight and bias; floating-point or complex.
    public init(
        _ inputs: Int, _ outputs: Int, kernel: Extents, stride: Extents = 1, padding: Extents = 0,
        outputPadding: Extents = 0, dilation: Extents = 1, groups: Int = 1, bias: Bool = true,
        dtype: DType = .float32, using generator: RandomGenerator = .default
    ) {
        let layer = "ConvTranspose\(axes)d"
        checkAxes(axes, layer)
        checkChannels(layer, inputs, outputs, groups)
        let shape = [inputs, outputs / groups] + kernel.resolved(axes, minimum: 1, layer, "kernel")
        (weight, self.bias) = startingParameters(layer, shape, bias ? outputs : nil, dtype, generator)
        options = TransposedConvolutionOptions(
            stride: stride, padding: padding, outputPadding: outputPadding, dilation: dilation, groups: groups
        )
    }

    /// The distance, in the result, between the kernels of neighboring input positions, along each spatial axis.
    public var stride: Extents { options.stride }
    /// Positions taken away from both ends of each spatial axis of the result.
    public var padding: Extents { options.padding }
    /// Positions added to the end of each spatial axis, less than the stride or the dilation.
    public var outputPadding: Extents { options.outputPadding }
    /// From one position of the kernel to its next along each spatial axis.
    public var dilation: Extents { options.dilation }
    /// Groups of channels: the outputs of each see the inputs of this one alone.
    public var groups: Int { options.groups }

    /// Each spatial extent n becomes (n − 1)·stride − 2·padding + dilation·(kernel − 1) + outputPadding + 1.
    public func forward(_ x: Tensor) -> Tensor {
        x.convolutionTransposed(operation, axes: axes, weight.value, bias: bias?.value, options, at: nil)
    }
}
