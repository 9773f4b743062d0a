import Apus

/// What transposed convolution layers of one to three dimensions share: their parameters and settings.
public class ConvolutionTransposed: Module {
    /// [inputs, outputs / groups, kernel…].
    public let weight: Parameter
    /// [outputs]; nil for a layer without.
    public let bias: Parameter?
    /// From where the kernel is laid for one input position to where it is for the next, along each spatial axis.
    public let stride: Extents
    /// Positions taken away from both ends of each spatial axis of the result.
    public let padding: Extents
    /// Positions added to the end of each spatial axis, less than the stride or the dilation.
    public let outputPadding: Extents
    /// From one position of the kernel to its next along each spatial axis.
    public let dilation: Extents
    /// Groups of channels: the outputs of each see the inputs of this one alone.
    public let groups: Int

    /// With given parameters; the weight is [inputs, outputs / groups, kernel…].
    required init(
        weight: Parameter, bias: Parameter?, stride: Extents, padding: Extents, outputPadding: Extents,
        dilation: Extents, groups: Int
    ) {
        self.weight = weight
        self.bias = bias
        self.stride = stride
        self.padding = padding
        self.outputPadding = outputPadding
        self.dilation = dilation
        self.groups = groups
    }

    fileprivate convenience init(
        _ axes: Int, _ layer: String, _ inputs: Int, _ outputs: Int, _ kernel: Extents, _ stride: Extents,
        _ padding: Extents, _ outputPadding: Extents, _ dilation: Extents, _ groups: Int, _ bias: Bool,
        _ generator: RandomGenerator, _ dtype: DType
    ) {
        checkChannels(layer, inputs, outputs, groups)
        let shape = [inputs, outputs / groups] + kernel.resolved(axes, minimum: 1, layer, "kernel")
        let (weight, bias) = startingParameters(layer, shape, bias ? outputs : nil, dtype, generator)
        self.init(
            weight: weight, bias: bias, stride: stride, padding: padding, outputPadding: outputPadding,
            dilation: dilation, groups: groups)
    }
}

/// Transposed convolution along one axis: [batch, inputs, length] to [batch, outputs, length]. See `Tensor.convTranspose1d`.
///
/// Weight [inputs, outputs / groups, kernel…] and bias start uniform in ±1/√(outputs / groups · kernel), as PyTorch's.
/// Complex ones start as those of `Linear`, with that product as fan in.
public final class ConvTranspose1d: ConvolutionTransposed, Layer {
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
            1, "ConvTranspose1d", inputs, outputs, kernel, stride, padding, outputPadding, dilation, groups,
            bias, generator, dtype)
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
public final class ConvTranspose2d: ConvolutionTransposed, Layer {
    /// The program stops where the groups do not divide the numbers of channels. The parameters are those of
    /// `ConvTranspose1d`.
    public convenience init(
        _ inputs: Int, _ outputs: Int, kernel: Extents, stride: Extents = 1, padding: Extents = 0,
        outputPadding: Extents = 0, dilation: Extents = 1, groups: Int = 1, bias: Bool = true,
        dtype: DType = .float32, using generator: RandomGenerator = .default
    ) {
        self.init(
            2, "ConvTranspose2d", inputs, outputs, kernel, stride, padding, outputPadding, dilation, groups,
            bias, generator, dtype)
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
public final class ConvTranspose3d: ConvolutionTransposed, Layer {
    /// The program stops where the groups do not divide the numbers of channels. The parameters are those of
    /// `ConvTranspose1d`.
    public convenience init(
        _ inputs: Int, _ outputs: Int, kernel: Extents, stride: Extents = 1, padding: Extents = 0,
        outputPadding: Extents = 0, dilation: Extents = 1, groups: Int = 1, bias: Bool = true,
        dtype: DType = .float32, using generator: RandomGenerator = .default
    ) {
        self.init(
            3, "ConvTranspose3d", inputs, outputs, kernel, stride, padding, outputPadding, dilation, groups,
            bias, generator, dtype)
    }

    /// Each spatial extent n becomes (n − 1)·stride − 2·padding + dilation·(kernel − 1) + outputPadding + 1.
    public func forward(_ x: Tensor) -> Tensor {
        x.convTranspose3d(
            weight.value, bias: bias?.value, stride: stride, padding: padding, outputPadding: outputPadding,
            dilation: dilation, groups: groups)
    }
}
