import Apus

/// Convolution along one axis: [batch, inputs, length] to [batch, outputs, length].
public typealias Conv1d = Conv<1>
/// Convolution of planes: [batch, inputs, height, width] to [batch, outputs, height, width].
public typealias Conv2d = Conv<2>
/// Convolution of volumes: [batch, inputs, depth, height, width] to [batch, outputs, depth, height, width].
public typealias Conv3d = Conv<3>

/// Convolution along one to three axes, with a bias for each output channel. See `Tensor.conv2d`.
///
/// Weight [outputs, inputs / groups, kernel…] and bias start uniform in ±1/√(weights of an output), as PyTorch's.
/// Complex ones start as those of `Linear`.
public class Conv<let axes: Int>: Module, Layer {
    /// [outputs, inputs / groups, kernel…].
    public let weight: Parameter
    /// [outputs]; nil for a layer without.
    public let bias: Parameter?
    /// The settings, as `Tensor.convolution` takes them.
    private let options: ConvolutionOptions
    private let operation: String

    /// - Parameters:
    ///   - layer: the type's name, in messages.
    ///   - kernel: positions of the kernel along each spatial axis.
    init(
        _ layer: String, _ inputs: Int, _ outputs: Int, kernel: Extents, bias: Bool,
        _ options: ConvolutionOptions, dtype: DType = .float32, using generator: RandomGenerator
    ) {
        checkAxes(axes, layer)
        let groups = options.groups
        checkChannels(layer, inputs, outputs, groups)
        let shape = [outputs, inputs / groups] + kernel.resolved(axes, minimum: 1, layer, "kernel")
        (weight, self.bias) = startingParameters(layer, shape, bias ? outputs : nil, dtype, generator)
        self.options = options
        operation = layer.prefix(1).lowercased() + layer.dropFirst()
    }

    /// The program stops where the groups do not divide the numbers of channels.
    ///
    /// - Parameters:
    ///   - kernel: positions of the kernel along each spatial axis, at least 1.
    ///   - stride: from one window to the next.
    ///   - padding: positions beyond both ends of each spatial axis, or `.same`, which gives ⌈input / stride⌉.
    ///   - dilation: from one position of the kernel to its next.
    ///   - groups: divides inputs and outputs; as many as inputs is a depthwise convolution.
    ///   - paddingMode: what lies beyond the edges; zeros by default.
    ///   - dtype: of weight and bias; floating-point or complex.
    public convenience init(
        _ inputs: Int, _ outputs: Int, kernel: Extents, stride: Extents = 1, padding: ConvolutionPadding = 0,
        dilation: Extents = 1, groups: Int = 1, bias: Bool = true,
        activation: FusedActivation = .none, paddingMode: PadMode = .constant(0),
        dtype: DType = .float32, using generator: RandomGenerator = .default
    ) {
        self.init(
            "Conv\(axes)d", inputs, outputs, kernel: kernel, bias: bias,
            ConvolutionOptions(
                stride: stride, padding: padding, dilation: dilation, groups: groups,
                paddingMode: paddingMode, activation: activation),
            dtype: dtype, using: generator)
    }

    /// From one window to the next along each spatial axis.
    public final var stride: Extents { options.stride }
    /// Positions added before and after each spatial axis; `paddingMode` says what they hold.
    public final var padding: ConvolutionPadding { options.padding }
    /// From one position of the kernel to its next along each spatial axis.
    public final var dilation: Extents { options.dilation }
    /// Groups of channels: the outputs of each see the inputs of this one alone.
    public final var groups: Int { options.groups }
    /// What lies beyond the edges.
    public final var paddingMode: PadMode { options.paddingMode }
    /// What is applied to the result, as part of the operation.
    public final var activation: FusedActivation { options.activation }

    /// What the input is cross-correlated with.
    var kernel: Tensor { weight.value }

    /// [batch, inputs, spatial axes…] to [batch, outputs, spatial axes…], or without batch.
    public final func forward(_ x: Tensor) -> Tensor {
        x.convolution(operation, axes: axes, kernel, bias: bias?.value, options, at: nil)
    }
}

/// Stops the program where there are not one to three spatial axes.
func checkAxes(_ axes: Int, _ layer: String) {
    if !(1...3).contains(axes) { fail(layer, "\(axes) spatial axes: there can be 1, 2 or 3") }
}

/// Stops the program where the channels do not divide into the groups.
func checkChannels(_ layer: String, _ inputs: Int, _ outputs: Int, _ groups: Int) {
    if groups < 1 || inputs < 1 || outputs < 1 || inputs % groups != 0 || outputs % groups != 0 {
        fail(layer, "\(inputs) input and \(outputs) output channels do not divide into \(groups) groups")
    }
}

/// The weight and the bias that a layer starts with. Real ones are uniform in ±1/√n as PyTorch's, where n is the number
/// of weights for an entry of the first axis. Complex weights are drawn by `Initializer.rayleigh(.he)` with n as fan
/// in, and complex biases are 0.
func startingParameters(
    _ layer: String, _ shape: Shape, _ outputs: Int?, _ dtype: DType, _ generator: RandomGenerator
) -> (Parameter, Parameter?) {
    if !dtype.isDifferentiable {
        fail(layer, "weights of \(dtype) cannot be trained: ask for a floating-point type")
    }
    Tensor.checkShape(shape, layer)
    if dtype.isComplex {
        let weight = Initializer.rayleigh(.he)(shape, dtype: dtype, using: generator)
        return (Parameter(weight), outputs.map { Parameter(.zeros([$0], dtype: dtype)) })
    }
    let bound = 1 / Double(shape.dropFirst().clampedProduct).squareRoot()
    func uniform(_ shape: Shape) -> Parameter {
        Parameter(.uniform(shape, low: -bound, high: bound, dtype: dtype, using: generator))
    }
    return (uniform(shape), outputs.map { uniform([$0]) })
}
