import Apus

/// What a kind of convolution costs for one image: its weights, and its multiplications (each with an addition).
///
/// C input and D output channels, a kernel of K = k₁·k₂… positions, a result of O = o₁·o₂… positions; biases and additions
/// aside. The `axes` of kernel and positions are two unless they say otherwise: one number stands for all.
///
/// ```swift
/// let standard = ConvolutionCost.standard(inputs: 3, outputs: 128, kernel: 3, output: 5)
/// let separable = ConvolutionCost.depthwiseSeparable(inputs: 3, outputs: 128, kernel: 3, output: 5)
/// separable.ratio(to: standard)  // 0.119
/// ```
public struct ConvolutionCost: Sendable, Equatable, Codable {
    /// Elements of all kernels.
    public let weights: Int
    /// Products of a weight and an input, each with an addition, for one image.
    public let multiplications: Int

    /// A cost that was counted elsewhere, to be added up or compared.
    public init(weights: Int, multiplications: Int) {
        self.weights = weights
        self.multiplications = multiplications
    }

    /// Its multiplications as a part of the other's.
    public func ratio(to other: ConvolutionCost) -> Double {
        Double(multiplications) / Double(other.multiplications)
    }

    /// One convolution after the other.
    public static func + (a: ConvolutionCost, b: ConvolutionCost) -> ConvolutionCost {
        ConvolutionCost(
            weights: a.weights.addingClamped(b.weights),
            multiplications: a.multiplications.addingClamped(b.multiplications))
    }

    /// C·D·K weights, each used at each of O positions.
    public static func standard(inputs: Int, outputs: Int, kernel: Extents, output: Extents, axes: Int = 2)
        -> ConvolutionCost
    {
        grouped(inputs: inputs, outputs: outputs, groups: 1, kernel: kernel, output: output, axes: axes)
    }

    /// A dilated (atrous) convolution: as the standard one, whatever the dilation.
    public static func dilated(inputs: Int, outputs: Int, kernel: Extents, output: Extents, axes: Int = 2)
        -> ConvolutionCost
    {
        standard(inputs: inputs, outputs: outputs, kernel: kernel, output: output, axes: axes)
    }

    /// g groups: g·(C/g)·(D/g)·K weights, each used at each of O positions; a g-th of the standard one's.
    public static func grouped(
        inputs: Int, outputs: Int, groups: Int, kernel: Extents, output: Extents, axes: Int = 2
    ) -> ConvolutionCost {
        checkChannels("ConvolutionCost", inputs, outputs, groups)
        let weights = [inputs / groups, outputs, count(kernel, axes, "kernel")].clampedProduct
        let multiplications = weights.multipliedClamped(by: count(output, axes, "output"))
        if multiplications == .max {
            fail(
                "ConvolutionCost",
                "\(inputs) inputs and \(outputs) outputs with kernel \(kernel) cost more than an Int tells")
        }
        return ConvolutionCost(weights: weights, multiplications: multiplications)
    }

    /// One filter, or `multiplier` of them, for each channel: C·m·K weights, each used at each of O positions.
    public static func depthwise(
        channels: Int, multiplier: Int = 1, kernel: Extents, output: Extents, axes: Int = 2
    ) -> ConvolutionCost {
        grouped(
            inputs: channels, outputs: channels.multipliedClamped(by: multiplier), groups: channels,
            kernel: kernel,
            output: output,
            axes: axes)
    }

    /// 1×1: C·D weights, each used at each of O positions.
    public static func pointwise(inputs: Int, outputs: Int, output: Extents, axes: Int = 2) -> ConvolutionCost
    {
        standard(inputs: inputs, outputs: outputs, kernel: 1, output: output, axes: axes)
    }

    /// 1×1 in g groups: C·D/g weights, each used at each of O positions.
    public static func pointwiseGrouped(
        inputs: Int, outputs: Int, groups: Int, output: Extents, axes: Int = 2
    )
        -> ConvolutionCost
    {
        grouped(inputs: inputs, outputs: outputs, groups: groups, kernel: 1, output: output, axes: axes)
    }

    /// Depthwise, then pointwise: (K + D)·C·O multiplications, 1/D + 1/K of the standard one's (Howard et al. 2017).
    public static func depthwiseSeparable(
        inputs: Int, outputs: Int, kernel: Extents, output: Extents, axes: Int = 2
    ) -> ConvolutionCost {
        depthwise(channels: inputs, kernel: kernel, output: output, axes: axes)
            + pointwise(inputs: inputs, outputs: outputs, output: output, axes: axes)
    }

    /// kₕ×1 from C to `middle` channels, then 1×k_w to D: C·M·kₕ·(oₕ·i_w) + M·D·k_w·(oₕ·o_w) multiplications. With
    /// C = M = D = 1 it is (i_w + o_w)/(k·o_w) of the standard one's, which tends to 2/k for large inputs.
    ///
    /// - Parameters:
    ///   - middle: M; nil is D.
    ///   - width: i_w, the extent of the input along the axis that the second filter runs along.
    public static func spatiallySeparable(
        inputs: Int, middle: Int? = nil, outputs: Int, kernel: Extents, width: Int, output: Extents
    ) -> ConvolutionCost {
        let (k, o) = (extents(kernel, 2, "kernel"), extents(output, 2, "output"))
        let middle = middle ?? outputs
        return standard(inputs: inputs, outputs: middle, kernel: [k[0], 1], output: [o[0], width])
            + standard(inputs: middle, outputs: outputs, kernel: [1, k[1]], output: Extents(o))
    }

    /// Three filters of one axis each: lateral 1×1 from C to D channels, then vertical kₕ×1 and horizontal 1×k_w for
    /// each channel: D·(C + kₕ + k_w) weights, each used at the positions of its result: iₕ·i_w, oₕ·i_w and oₕ·o_w
    /// (Jin et al. 2014).
    ///
    /// - Parameter input: iₕ and i_w.
    public static func flattened(
        inputs: Int, outputs: Int, kernel: Extents, input: Extents, output: Extents
    ) -> ConvolutionCost {
        let (k, o) = (extents(kernel, 2, "kernel"), extents(output, 2, "output"))
        let width = extents(input, 2, "input")[1]
        return pointwise(inputs: inputs, outputs: outputs, output: input)
            + depthwise(channels: outputs, kernel: [k[0], 1], output: [o[0], width])
            + depthwise(channels: outputs, kernel: [1, k[1]], output: Extents(o))
    }

    /// Grouped, channels shuffled, grouped again (Zhang et al. 2017): the sum of both, from C to `middle` and on to D
    /// channels. The shuffle multiplies nothing.
    ///
    /// - Parameters:
    ///   - middle: nil is D.
    ///   - second: the second kernel; nil is as the first.
    ///   - between: the positions of the first one's result; nil is as the second's.
    public static func shuffledGrouped(
        inputs: Int, middle: Int? = nil, outputs: Int, groups: Int, kernel: Extents, second: Extents? = nil,
        between: Extents? = nil, output: Extents, axes: Int = 2
    ) -> ConvolutionCost {
        let middle = middle ?? outputs
        return grouped(
            inputs: inputs, outputs: middle, groups: groups, kernel: kernel, output: between ?? output,
            axes: axes
        )
            + grouped(
                inputs: middle, outputs: outputs, groups: groups, kernel: second ?? kernel, output: output,
                axes: axes)
    }

    /// C·D/g·K weights, each used at each position of the *input*.
    public static func transposed(
        inputs: Int, outputs: Int, groups: Int = 1, kernel: Extents, input: Extents, axes: Int = 2
    ) -> ConvolutionCost {
        grouped(inputs: inputs, outputs: outputs, groups: groups, kernel: kernel, output: input, axes: axes)
    }

    private static func extents(_ extents: Extents, _ axes: Int, _ name: String) -> [Int] {
        extents.resolved(axes, minimum: 1, "ConvolutionCost", name)
    }

    private static func count(_ extents: Extents, _ axes: Int, _ name: String) -> Int {
        self.extents(extents, axes, name).clampedProduct
    }
}
