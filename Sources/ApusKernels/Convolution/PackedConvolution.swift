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
        case smallDepthwise(SmallDepthwiseConvolution, Storage)
        case depthwise(DepthwiseConvolution, Storage)
        case winograd(WinogradConvolution, Storage)
        case implicit(ImplicitProduct, ImplicitPanels, Storage)
        case library(LibraryWeights)
    }

    /// - Parameter w: row-major.
    /// - Returns: nil where the convolution reads its weights as they are.
    package init?(_ shape: ConvolutionShape, w: UnsafeRawPointer, hasBias: Bool) {
        guard let form = Self.form(shape, w, hasBias) else { return nil }
        self.shape = shape
        self.form = form
    }

    private static func form(_ shape: ConvolutionShape, _ w: UnsafeRawPointer, _ hasBias: Bool) -> Form? {
        let weights = w.assumingMemoryBound(to: Float.self)
        switch ConvolutionEngine.best(.packed, shape) {
        case .narrow: return nil
        case .pointwise:
            // The library packs weights of 1×1 once, a product in each call.
            guard hasWideVectors,
                let primitive = OneDNN.shared.convolution(.forward, shape, hasBias: hasBias), primitive.packs
            else { return nil }
            return .library(LibraryWeights(shape, w, hasBias: hasBias))
        case .smallDepthwise:
            let convolution = SmallDepthwiseConvolution(shape)!
            return .smallDepthwise(convolution, convolution.packed(weights))
        case .depthwise:
            let convolution = DepthwiseConvolution(shape.atLeastPlanar)
            return .depthwise(convolution, convolution.packed(weights))
        case .winograd:
            let convolution = WinogradConvolution(shape)!
            return .winograd(convolution, convolution.transformed(weights))
        case .library:
            if let primitive = OneDNN.shared.convolution(.forward, shape, hasBias: hasBias) {
                return primitive.packs ? .library(LibraryWeights(shape, w, hasBias: hasBias)) : nil
            }
            fallthrough
        case .implicit:
            let product = ImplicitProduct.forward(shape)
            let panels = ImplicitPanels(product.outputs)
            return .implicit(product, panels, panels.packed(weights, product))
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
        case .smallDepthwise(let convolution, let weights):
            convolution.run(floats, packed: weights.floats, bias: shift, relu: relu, into: result)
        case .depthwise(let convolution, let weights):
            convolution.run(floats, packed: weights.floats, bias: shift, relu: relu, into: result)
        case .winograd(let convolution, let weights):
            convolution.multiply(floats, transformed: weights.floats, bias: shift, relu: relu, into: result)
        case .implicit(let product, let panels, let weights):
            product.multiply(floats, weights.floats, panels, bias: shift, relu: relu, into: result)
        case .library(let weights):
            weights.forward(x: x, bias: bias, into: y)
            // oneDNN's own ReLU would turn NaN into 0.
            if relu { Kernels.relu.runDense(y, y, shape.outputCount, .float32) }
        }
        withExtendedLifetime(self) {}
    }
}

extension Storage {
    fileprivate var floats: UnsafePointer<Float> {
        UnsafePointer(pointer.assumingMemoryBound(to: Float.self))
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
