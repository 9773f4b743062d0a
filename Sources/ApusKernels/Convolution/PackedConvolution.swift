import ApusCore
import ApusElementwiseKernels
import ApusKernelBase
import ApusMatrixKernels
import Synchronization

/// A convolution's weights in the order in which oneDNN reads them. They are reordered once instead of in each call,
/// which pays where the weights are large compared with the images.
package final class PackedConvolution: Sendable {
    private let shape: ConvolutionShape
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
        guard !shape.isPointwise, !shape.isWideDepthwise, WinogradConvolution(shape) == nil, !shape.isNarrow,
            let primitive = OneDNN.shared.convolution(.forward, shape, hasBias: hasBias),
            primitive.packs
        else { return nil }
        self.shape = shape
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
        packed.primitive.run(x: x, packed: packed.weights.pointer, y: y, bias: bias)
        // oneDNN's own ReLU would turn NaN into 0.
        if relu { Kernels.relu.runDense(y, y, shape.outputCount, .float32) }
    }

    private func packedForThreads() -> Packed {
        let threads = OneDNN.convolutionThreads
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
