import ApusCore
import ApusKernelBase
import ApusMatrixKernels

// Convolutions of channels-last bfloat16 images by oneDNN, which sums in float32. They return false and do nothing
// where oneDNN has no fast code, or where float32 has a kernel of our own: the caller then computes in float32.

extension ConvolutionKernels {
    /// y = x ∗ w + bias, all bfloat16.
    package static func bfloat16Forward(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, w: UnsafeRawPointer, bias: UnsafeRawPointer?,
        into y: UnsafeMutableRawPointer
    ) -> Bool {
        if shape.isPointwise {
            MatrixKernels.multiply(
                .bfloat16, m: positions(shape), n: shape.outputs, k: shape.inputs,
                a: x, aRowStride: shape.inputs, aColumnStride: 1,
                b: w, bRowStride: 1, bColumnStride: shape.inputs, c: y, bias: bias)
            return true
        }
        guard !shape.isWideDepthwise, !shape.isNarrow,
            let primitive = OneDNN.shared.convolution(.forward, shape, .bfloat16, hasBias: bias != nil)
        else { return false }
        primitive.run(x: x, w: w, y: y, bias: bias)
        return true
    }

    /// The gradient of the input from that of the output; also the transposed convolution.
    package static func bfloat16InputGradient(
        _ shape: ConvolutionShape, gradient: UnsafeRawPointer, w: UnsafeRawPointer,
        into x: UnsafeMutableRawPointer
    ) -> Bool {
        if shape.isPointwise {
            MatrixKernels.multiply(
                .bfloat16, m: positions(shape), n: shape.inputs, k: shape.outputs,
                a: gradient, aRowStride: shape.outputs, aColumnStride: 1,
                b: w, bRowStride: shape.inputs, bColumnStride: 1, c: x)
            return true
        }
        guard !shape.isDepthwise,
            let primitive = OneDNN.shared.convolution(.inputGradient, shape, .bfloat16)
        else { return false }
        primitive.run(x: x, w: w, y: gradient)
        return true
    }

    /// The gradient of the weights from the input and the gradient of the output, rounded once.
    package static func bfloat16WeightGradient(
        _ shape: ConvolutionShape, x: UnsafeRawPointer, gradient: UnsafeRawPointer,
        into w: UnsafeMutableRawPointer
    ) -> Bool {
        if shape.isPointwise {
            MatrixKernels.multiply(
                .bfloat16, m: shape.outputs, n: shape.inputs, k: positions(shape),
                a: gradient, aRowStride: 1, aColumnStride: shape.outputs,
                b: x, bRowStride: shape.inputs, bColumnStride: 1, c: w)
            return true
        }
        if shape.isDepthwise { return false }
        let sums = Storage(byteCount: shape.weightCount * 4)
        defer { withExtendedLifetime(sums) {} }
        if !inPieces(shape, .bfloat16, x, gradient, sums.pointer, nil) { return false }
        let (from, to) = (
            sums.pointer.assumingMemoryBound(to: Float.self), w.assumingMemoryBound(to: BFloat16.self)
        )
        Parallel.ranges(shape.weightCount, grain: 16_384) { range in
            for i in range { to[i] = BFloat16(from[i]) }
        }
        return true
    }
}
