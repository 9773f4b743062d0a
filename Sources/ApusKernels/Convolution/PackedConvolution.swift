import ApusCore
import ApusElementwiseKernels
import ApusKernelBase
import ApusMatrixKernels
import Synchronization

/// A convolution's weights in the order in which its engine reads them. They are reordered or transformed once instead of in
/// each call, which pays where they are large compared with the images.
package final class PackedConvolution: Sendable {
    private let shape: ConvolutionShape
    private let form: Form

    private enum Form: Sendable {
        case winograd(WinogradConvolution, Storage)
        case implicit(ImplicitProduct, ImplicitPanels, Storage)
        case library(LibraryWeights)
    }

    /// - Parameter w: row-major.
    /// - Returns: nil where the convolution reads its weights as they are.
    package init?(_ shape: ConvolutionShape, w: UnsafeRawPointer, hasBias: Bool) {
        self.shape = shape
        let weights = w.assumingMemoryBound(to: Float.self)
        switch ConvolutionEngine.best(.forward, shape) {
        case .smallDepthwise, .depthwise, .narrow: return nil
        case .pointwise:
            // The library packs weights of 1×1 once, a product in each call.
            guard hasWideVectors,
                let primitive = OneDNN.shared.convolution(.forward, shape, hasBias: hasBias), primitive.packs
            else { return nil }
            form = .library(LibraryWeights(shape, w, hasBias: hasBias))
        case .winograd:
            let convolution = WinogradConvolution(shape)!
            // Those of many outputs are transformed in each call, while they are in a core's cache.
            if convolution.goesByOutputs { return nil }
            form = .winograd(convolution, convolution.transformed(weights))
        case .library:
            if let primitive = OneDNN.shared.convolution(.forward, shape, hasBias: hasBias) {
                guard primitive.packs else { return nil }
                form = .library(LibraryWeights(shape, w, hasBias: hasBias))
                return
            }
            fallthrough
        case .implicit:
            let product = ImplicitProduct.forward(shape)
            let panels = ImplicitPanels(product.outputs)
            form = .implicit(product, panels, panels.packed(weights, product))
        }
    }

    /// y = x ∗ w + bias, and ReLU where asked for; images lie channels last.
    package func forward(
        x: UnsafeRawPointer, bias: UnsafeRawPointer?, relu: Bool, into y: UnsafeMutableRawPointer
    ) {
        let (floats, shift) = (
            x.assumingMemoryBound(to: Float.self), bias?.assumingMemoryBound(to: Float.self)
        )
        let result = y.assumingMemoryBound(to: Float.self)
        switch form {
        case .winograd(let convolution, let weights):
            convolution.multiply(
                floats, weights: weights.pointer.assumingMemoryBound(to: Float.self), bias: shift, relu: relu,
                into: result)
        case .implicit(let product, let panels, let weights):
            product.multiply(
                floats, weights.pointer.assumingMemoryBound(to: Float.self), panels, bias: shift, relu: relu,
                into: result)
        case .library(let weights):
            weights.forward(x: x, bias: bias, into: y)
            // oneDNN's own ReLU would turn NaN into 0.
            if relu { Kernels.relu.runDense(y, y, shape.outputCount, .float32) }
        }
        withExtendedLifetime(self) {}
    }
}

/// Weights in oneDNN's order, which depends on the number of threads.
private final class LibraryWeights: Sendable {
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

    init(_ shape: ConvolutionShape, _ w: UnsafeRawPointer, hasBias: Bool) {
        self.shape = shape
        self.hasBias = hasBias
        weights = Storage(byteCount: shape.weightCount * 4)
        weights.pointer.copyMemory(from: w, byteCount: weights.byteCount)
        _ = packedForThreads()
    }

    func forward(x: UnsafeRawPointer, bias: UnsafeRawPointer?, into y: UnsafeMutableRawPointer) {
        let packed = packedForThreads()
        packed.primitive.run(x: x, packed: packed.weights.pointer, y: y, bias: bias)
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
