import Apus

/// The complex number of largest modulus in each window along the last axis of [batch, channels, length].
public typealias ComplexMaxPool1d = ComplexMaxPool<1>
/// The complex number of largest modulus in each window of planes [batch, channels, height, width].
public typealias ComplexMaxPool2d = ComplexMaxPool<2>
/// The complex number of largest modulus in each window of volumes [batch, channels, depth, height, width].
public typealias ComplexMaxPool3d = ComplexMaxPool<3>

/// The complex number of largest modulus in each window along one to three spatial axes. See `Tensor.complexMaxPool2d`.
public final class ComplexMaxPool<let axes: Int>: Module, Layer {
    private let options: WindowOptions

    /// - Parameter stride: from one window to the next; nil is the size.
    public init(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false
    ) {
        checkAxes(axes, "ComplexMaxPool\(axes)d")
        options = WindowOptions(
            size: size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }

    /// Positions of a window along each spatial axis.
    public var size: Extents { options.size }
    /// From one window to the next along each spatial axis; nil is the size.
    public var stride: Extents? { options.stride }
    /// Positions beyond both ends of each spatial axis that are never the largest, half a window at most.
    public var padding: Extents { options.padding }
    /// From one position of a window to its next along each spatial axis.
    public var dilation: Extents { options.dilation }
    /// Whether a last window may reach beyond the end, if it begins inside the input or the padding before.
    public var ceilMode: Bool { options.ceilMode }

    /// Complex [batch, channels, spatial axes…], or without batch; the windows are those of `MaxPool`.
    public func forward(_ x: Tensor) -> Tensor {
        x.complexMaxPool(axes: axes, options, wantsIndices: false, at: nil).values
    }

    /// The same, and where each number stood.
    public func withIndices(_ x: Tensor) -> (values: Tensor, indices: Tensor) {
        let (values, indices) = x.complexMaxPool(axes: axes, options, wantsIndices: true, at: nil)
        return (values, indices!)
    }
}
