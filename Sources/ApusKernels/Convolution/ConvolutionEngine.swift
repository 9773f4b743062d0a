import ApusKernelBase
import ApusMatrixKernels

/// Who computes a float32 convolution, or one of its gradients, in the order of preference. All give the same result but
/// for rounding.
package enum ConvolutionEngine: CaseIterable, Sendable {
    /// A matrix product of every position's channels.
    case pointwise
    /// One filter of 3×3 a channel, in registers of channels.
    case smallDepthwise
    /// One filter a channel, in registers of channels.
    case depthwise
    /// Kernels of two to five weights an axis, and many channels, by minimal filtering.
    case winograd
    /// Eight outputs, in registers of columns.
    case narrow
    /// oneDNN.
    case library
    /// A matrix product whose left matrix is never made.
    case implicit

    enum Kind {
        case forward, inputGradient, weightGradient
        /// Forward, with weights that are prepared once for many calls.
        case packed
    }

    /// The engine that takes whatever it can compute, for tests.
    @TaskLocal package static var forced: ConvolutionEngine?

    /// The choice depends on the shape alone, so that results do not depend on what was measured when.
    static func best(_ kind: Kind, _ shape: ConvolutionShape) -> ConvolutionEngine {
        // The gradient of the input is the convolution with flipped kernels, but for strides.
        let seen = kind == .inputGradient ? shape.transposed : shape
        if let forced, forced.computes(kind, shape, seen) { return forced }
        return allCases.first { $0.computes(kind, shape, seen) && $0.isFast(kind, shape, seen) } ?? .implicit
    }

    private func computes(_ kind: Kind, _ shape: ConvolutionShape, _ seen: ConvolutionShape?) -> Bool {
        switch self {
        case .pointwise: shape.isPointwise
        case .smallDepthwise: seen.map { SmallDepthwiseConvolution($0) != nil } ?? false
        case .depthwise: seen.map { $0.isDepthwise && $0.input.count <= 2 } ?? false
        case .winograd: WinogradConvolution(shape, isBackward: kind == .inputGradient) != nil
        case .narrow: kind != .weightGradient && seen?.isNarrow ?? false
        case .implicit, .library: true
        }
    }

    private func isFast(_ kind: Kind, _ shape: ConvolutionShape, _ seen: ConvolutionShape?) -> Bool {
        switch self {
        case .depthwise: kind == .weightGradient || seen?.isWideDepthwise ?? false
        case .winograd: kind != .packed || WinogradConvolution(shape)!.isWorthItsWeights
        case .library: !shape.isSlowInLibrary(kind)
        default: true
        }
    }
}
