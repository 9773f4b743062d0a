import ApusKernelCalls

/// Convolutions of float32, bfloat16 and complex64 images whose channels lie last. A result of false, for bfloat16, says that
/// nothing was computed: the device has no fast way for this shape, and float32 takes its place.
package protocol ConvolutionCalls: DeviceCalls {
    /// Weights in the order in which the device's code for a convolution reads them, for `convolution(packed:)`; nil where
    /// that is the order they have.
    func packed(_ shape: ConvolutionShape, w: UnsafeRawPointer, hasBias: Bool) -> (any PackedWeights)?

    /// y = x ∗ w + bias with weights that `packed` brought in order, and ReLU where asked for.
    func convolution(
        packed: any PackedWeights, x: UnsafeRawPointer, bias: UnsafeRawPointer?, relu: Bool,
        into y: UnsafeMutableRawPointer)

    /// y = x ∗ w + bias, and ReLU where asked for.
    func convolution(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, w: UnsafeRawPointer, bias: UnsafeRawPointer?,
        relu: Bool, into y: UnsafeMutableRawPointer
    )

    /// The gradient of the input from that of the output; also the transposed convolution.
    func convolutionInputGradient(
        _ shape: ConvolutionShape, gradient: UnsafeRawPointer, w: UnsafeRawPointer,
        into x: UnsafeMutableRawPointer
    )

    /// The gradient of the weights from the input and the gradient of the output.
    ///
    /// - Parameter bias: receives the sum of the gradient for each output, if it is wanted here: the gradient is read
    ///   for the weights anyway, and need not come from memory twice.
    func convolutionWeightGradient(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, gradient: UnsafeRawPointer,
        into w: UnsafeMutableRawPointer, bias: UnsafeMutableRawPointer?
    )

    /// Whether `convolutionWeightGradient` can give the biases' too.
    func includesBiasGradient(_ shape: ConvolutionShape) -> Bool

    /// Whether bfloat16 is convolved as it is, by the three calls below; else it is converted to float32.
    var convolvesBFloat16: Bool { get }

    /// `convolution` for bfloat16 images, weights and biases.
    func bfloat16Convolution(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, w: UnsafeRawPointer, bias: UnsafeRawPointer?,
        into y: UnsafeMutableRawPointer
    ) -> Bool

    /// `convolutionInputGradient` for bfloat16.
    func bfloat16ConvolutionInputGradient(
        _ shape: ConvolutionShape, gradient: UnsafeRawPointer, w: UnsafeRawPointer,
        into x: UnsafeMutableRawPointer
    ) -> Bool

    /// `convolutionWeightGradient` for bfloat16, summed in float32.
    func bfloat16ConvolutionWeightGradient(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, gradient: UnsafeRawPointer,
        into w: UnsafeMutableRawPointer
    ) -> Bool

    /// `convolution` for complex64 images and weights; sizes count complex channels.
    func complexConvolution(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, w: UnsafeRawPointer, bias: UnsafeRawPointer?,
        into y: UnsafeMutableRawPointer
    )

    /// `convolutionInputGradient` for complex64: the transposed convolution with `w` as it is, not conjugated.
    func complexConvolutionInputGradient(
        _ shape: ConvolutionShape, gradient: UnsafeRawPointer, w: UnsafeRawPointer,
        into x: UnsafeMutableRawPointer
    )

    /// Σ x·g over positions, or where `conjugates` Σ x*·g, for complex64: the gradient of the weights is the latter.
    func complexConvolutionWeightGradient(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, gradient: UnsafeRawPointer, conjugates: Bool,
        into w: UnsafeMutableRawPointer
    )
}

extension ConvolutionCalls {
    package func packed(_ shape: ConvolutionShape, w: UnsafeRawPointer, hasBias: Bool) -> (any PackedWeights)?
    { nil }

    package func convolution(
        packed: any PackedWeights, x: UnsafeRawPointer, bias: UnsafeRawPointer?, relu: Bool,
        into y: UnsafeMutableRawPointer
    ) { lacks() }

    package func convolution(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, w: UnsafeRawPointer, bias: UnsafeRawPointer?,
        relu: Bool, into y: UnsafeMutableRawPointer
    ) { lacks() }

    package func convolutionInputGradient(
        _ shape: ConvolutionShape, gradient: UnsafeRawPointer, w: UnsafeRawPointer,
        into x: UnsafeMutableRawPointer
    ) { lacks() }

    package func convolutionWeightGradient(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, gradient: UnsafeRawPointer,
        into w: UnsafeMutableRawPointer, bias: UnsafeMutableRawPointer?
    ) { lacks() }

    package func includesBiasGradient(_ shape: ConvolutionShape) -> Bool { lacks() }

    package var convolvesBFloat16: Bool { false }

    package func bfloat16Convolution(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, w: UnsafeRawPointer, bias: UnsafeRawPointer?,
        into y: UnsafeMutableRawPointer
    ) -> Bool { lacks() }

    package func bfloat16ConvolutionInputGradient(
        _ shape: ConvolutionShape, gradient: UnsafeRawPointer, w: UnsafeRawPointer,
        into x: UnsafeMutableRawPointer
    ) -> Bool { lacks() }

    package func bfloat16ConvolutionWeightGradient(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, gradient: UnsafeRawPointer,
        into w: UnsafeMutableRawPointer
    ) -> Bool { lacks() }

    package func complexConvolution(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, w: UnsafeRawPointer, bias: UnsafeRawPointer?,
        into y: UnsafeMutableRawPointer
    ) { lacks() }

    package func complexConvolutionInputGradient(
        _ shape: ConvolutionShape, gradient: UnsafeRawPointer, w: UnsafeRawPointer,
        into x: UnsafeMutableRawPointer
    ) { lacks() }

    package func complexConvolutionWeightGradient(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, gradient: UnsafeRawPointer, conjugates: Bool,
        into w: UnsafeMutableRawPointer
    ) { lacks() }
}

/// A convolution's weights in an order of a device's own.
package protocol PackedWeights: AnyObject, Sendable {}
