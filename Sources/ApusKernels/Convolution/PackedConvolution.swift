import ApusCore
import ApusElementwiseKernels
import ApusKernelBase
import ApusMatrixKernels
import Synchronization

/// A convolution's weights in the order in which oneDNN's code for it reads them: brought there once instead of in each
/// call, where the weights are large beside the images.
package final class PackedConvolution: Sendable {
    /// Of what is computed at a time: the whole batch, or one image.
    private let shape: ConvolutionShape
    /// How many times that is computed.
    private let times: Int
    private let hasBias: Bool
    /// The weights row-major, for other numbers of threads.
    private let weights: Storage
    /// What is compiled and packed for a number of threads.
    private let packed = Mutex<[Int: Packed]>([:])

    private struct Packed: Sendable {
        let primitive: ConvolutionPrimitive
        let weights: Storage
    }

    /// - Parameter w: row-major.
    /// - Returns: nil where the convolution reads its weights as they are, or oneDNN has no code for it.
    package init?(_ shape: ConvolutionShape, w: UnsafeRawPointer, hasBias: Bool) {
        // Where the weights are small beside the images, each image is computed by one thread, which finds it in its cache
        // when it applies the activation.
        let byImage = shape.batch >= 4 && shape.weightCount <= 2 * shape.outputCount / shape.batch
        var part = shape
        if byImage { part.batch = 1 }
        guard !shape.isPointwise, !shape.isWideDepthwise, !shape.isNarrow,
            let primitive = OneDNN.shared.convolution(
                .forward, part, hasBias: hasBias, threads: byImage ? 1 : OneDNN.convolutionThreads),
            primitive.packs
        else { return nil }
        self.shape = part
        times = byImage ? shape.batch : 1
        self.hasBias = hasBias
        weights = Storage(byteCount: shape.weightCount * 4)
        weights.pointer.copyMemory(from: w, byteCount: weights.byteCount)
        _ = packedForThreads()
    }

    /// y = x ∗ w + bias, and ReLU where asked for; images lie channels last.
    package func forward(
        x: UnsafeRawPointer, bias: UnsafeRawPointer?, relu: Bool, into y: UnsafeMutableRawPointer
    ) {
        let packed = packedForThreads()
        let (xStep, yStep) = (shape.inputCount * 4, shape.outputCount * 4)
        func compute(_ time: Int) {
            let y = y + time * yStep
            packed.primitive.run(x: x + time * xStep, packed: packed.weights.pointer, y: y, bias: bias)
            // oneDNN's own would make zeros of NaN.
            if relu { Kernels.relu.runDense(y, y, shape.outputCount, .float32) }
        }
        if times == 1 { compute(0) } else { Parallel.units(times, cost: 1 << 20, compute) }
    }

    private func packedForThreads() -> Packed {
        let threads = times == 1 ? OneDNN.convolutionThreads : 1
        if let known = packed.locked({ $0[threads] }) { return known }
        guard let primitive = OneDNN.shared.convolution(.forward, shape, hasBias: hasBias, threads: threads)
        else {
            Memory.exhausted("convolution", "oneDNN has no code for \(shape) on \(threads) threads")
        }
        let fresh = Packed(primitive: primitive, weights: primitive.packed(weights.pointer))
        packed.locked { $0[threads] = fresh }
        return fresh
    }
}
