/// The settings of a convolution of one to three axes, as its caller gives them. They stay one value from the call, or
/// the layer, to where they are checked against an input.
package struct ConvolutionOptions: Sendable {
    /// From one window to the next along each spatial axis.
    package var stride: Extents
    /// Positions added before and after each spatial axis.
    package var padding: ConvolutionPadding
    /// From one position of the kernel to its next along each spatial axis.
    package var dilation: Extents
    /// Independent groups of channels.
    package var groups: Int
    /// What lies beyond the edges.
    package var paddingMode: PadMode
    /// What is applied to the result, as part of the operation.
    package var activation: FusedActivation

    package init(
        stride: Extents = 1, padding: ConvolutionPadding = 0, dilation: Extents = 1, groups: Int = 1,
        paddingMode: PadMode = .constant(0), activation: FusedActivation = .none
    ) {
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
        self.paddingMode = paddingMode
        self.activation = activation
    }
}

/// The settings of a transposed convolution of one to three axes, as its caller gives them.
package struct TransposedConvolutionOptions: Sendable {
    /// The distance, in the result, between the kernels of neighboring input positions.
    package var stride: Extents
    /// Positions taken away from both ends of the result.
    package var padding: Extents
    /// Positions added to the end of the result.
    package var outputPadding: Extents
    /// From one position of the kernel to its next.
    package var dilation: Extents
    /// Independent groups of channels.
    package var groups: Int

    package init(
        stride: Extents = 1, padding: Extents = 0, outputPadding: Extents = 0, dilation: Extents = 1,
        groups: Int = 1
    ) {
        self.stride = stride
        self.padding = padding
        self.outputPadding = outputPadding
        self.dilation = dilation
        self.groups = groups
    }
}
