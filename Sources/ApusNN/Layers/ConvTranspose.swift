import Apus

/// What transposed convolution layers of one to three dimensions share: their parameters and settings.
public class ConvTranspose: Module {
    /// [inputs, outputs / groups, kernel…].
    public let weight: Parameter
    /// [outputs]; nil for a layer without.
    public let bias: Parameter?
    private let options: TransposedConvolutionOptions

    /// - Parameters:
    ///   - layer: the type's name, in messages.
    ///   - kernel: positions of the kernel along each of the spatial `axes`.
    fileprivate init(
        _ layer: String, axes: Int, _ inputs: Int, _ outputs: Int, kernel: Extents, bias: Bool,
        _ options: TransposedConvolutionOptions, dtype: DType, using generator: RandomGenerator
    ) {
        let groups = options.groups
        checkChannels(layer, inputs, outputs, groups)
        let shape = [inputs, outputs / groups] + kernel.resolved(axes, minimum: 1, layer, "kernel")
        (weight, self.bias) = startingParameters(layer, shape, bias ? outputs : nil, dtype, generator)
        self.options = options
    }

    /// From where the kernel is laid for one input position to where it is for the next, along each spatial axis.
    public final var stride: Extents { options.stride }
    /// Positions taken away from both ends of each spatial axis of the result.
    public final var padding: Extents { options.padding }
    /// Positions added to the end of each spatial axis, less than the stride or the dilation.
    public final var outputPadding: Extents { options.outputPadding }
    /// From one position of the kernel to its next along each spatial axis.
    public final var dilation: Extents { options.dilation }
    /// Groups of channels: the outputs of each see the inputs of this one alone.
    public final var groups: Int { options.groups }
}

/// Transposed convolution along one axis: [batch, inputs, length] to [batch, outputs, length]. See `Tensor.convTranspose1d`.
///
/// Weight [inputs, outputs / groups, kernel…] and bias start uniform in ±1/√(outputs / groups · kernel), as PyTorch's.
/// Complex ones start as those of `Linear`, with that product as fan in.
public final class ConvTranspose1d: ConvTranspose, Layer {
    /// The program stops where the groups do not divide the numbers of channels.
    ///
    /// - Parameters:
    ///   - kernel: positions of the kernel along each spatial axis, at least 1.
    ///   - padding: positions taken away from both ends of the result.
    ///   - outputPadding: positions added to the end, less than the stride or the dilation: several lengths lead to
    ///     one by convolution, and this chooses among them.
    ///   - groups: divides inputs and outputs.
    ///   - dtype: of weight and bias; floating-point or complex.
    public convenience init(
        _ inputs: Int, _ outputs: Int, kernel: Extents, stride: Extents = 1, padding: Extents = 0,
        outputPadding: Extents = 0, dilation: Extents = 1, groups: Int = 1, bias: Bool = true,
        dtype: DType = .float32, using generator: RandomGenerator = .default
    ) {
        self.init(
            "ConvTranspose1d", axes: 1, inputs, outputs, kernel: kernel, bias: bias,
            TransposedConvolutionOptions(
                stride: stride, padding: padding, outputPadding: outputPadding, dilation: dilation,
                groups: groups),
            dtype: dtype, using: generator)
    }

    /// Each spatial extent n becomes (n − 1)·stride − 2·padding + dilation·(kernel − 1) + outputPadding + 1.
    public func forward(_ x: Tensor) -> Tensor {
        x.convTranspose1d(
            weight.value, bias: bias?.value, stride: stride, padding: padding, outputPadding: outputPadding,
            dilation: dilation, groups: groups)
    }
}

/// Transposed convolution of planes: [batch, inputs, height, width] to [batch, outputs, height, width]. See `Tensor.convTranspose2d`.
///
/// Weight [inputs, outputs / groups, kernel…] and bias start uniform in ±1/√(outputs / groups · kernel), as PyTorch's.
/// Complex ones start as those of `Linear`, with that product as fan in.
public final class ConvTranspose2d: ConvTranspose, Layer {
    /// The program stops where the groups do not divide the numbers of channels. The parameters are those of
    /// `ConvTranspose1d`.
    public convenience init(
        _ inputs: Int, _ outputs: Int, kernel: Extents, stride: Extents = 1, padding: Extents = 0,
        outputPadding: Extents = 0, dilation: Extents = 1, groups: Int = 1, bias: Bool = true,
        dtype: DType = .float32, using generator: RandomGenerator = .default
    ) {
        self.init(
            "ConvTranspose2d", axes: 2, inputs, outputs, kernel: kernel, bias: bias,
            TransposedConvolutionOptions(
                stride: stride, padding: padding, outputPadding: outputPadding, dilation: dilation,
                groups: groups),
            dtype: dtype, using: generator)
    }

    /// Each spatial extent n becomes (n − 1)·stride − 2·padding + dilation·(kernel − 1) + outputPadding + 1.
    public func forward(_ x: Tensor) -> Tensor {
        x.convTranspose2d(
            weight.value, bias: bias?.value, stride: stride, padding: padding, outputPadding: outputPadding,
            dilation: dilation, groups: groups)
    }
}

/// Transposed convolution of volumes: [batch, inputs, depth, height, width] to [batch, outputs, depth, height, width]. See `Tensor.convTranspose3d`.
///
/// Weight [inputs, outputs / groups, kernel…] and bias start uniform in ±1/√(outputs / groups · kernel), as PyTorch's.
/// Complex ones start as those of `Linear`, with that product as fan in.
public final class ConvTranspose3d: ConvTranspose, Layer {
    /// The program stops where the groups do not divide the numbers of channels. The parameters are those of
    /// `ConvTranspose1d`.
    public convenience init(
        _ inputs: Int, _ outputs: Int, kernel: Extents, stride: Extents = 1, padding: Extents = 0,
        outputPadding: Extents = 0, dilation: Extents = 1, groups: Int = 1, bias: Bool = true,
        dtype: DType = .float32, using generator: RandomGenerator = .default
    ) {
        self.init(
            "ConvTranspose3d", axes: 3, inputs, outputs, kernel: kernel, bias: bias,
            TransposedConvolutionOptions(
                stride: stride, padding: padding, outputPadding: outputPadding, dilation: dilation,
                groups: groups),
            dtype: dtype, using: generator)
    }

    /// Each spatial extent n becomes (n − 1)·stride − 2·padding + dilation·(kernel − 1) + outputPadding + 1.
    public func forward(_ x: Tensor) -> Tensor {
        x.convTranspose3d(
            weight.value, bias: bias?.value, stride: stride, padding: padding, outputPadding: outputPadding,
            dilation: dilation, groups: groups)
    }
}
