import Apus

/// Puts each element where `MaxPool1d` found its maximum, among zeros.
public typealias MaxUnpool1d = MaxUnpool<1>
/// Puts each element where `MaxPool2d` found its maximum, among zeros.
public typealias MaxUnpool2d = MaxUnpool<2>
/// Puts each element where `MaxPool3d` found its maximum, among zeros.
public typealias MaxUnpool3d = MaxUnpool<3>

/// Puts each element where a `MaxPool` found its maximum, among zeros. See `Tensor.maxUnpool2d`.
public final class MaxUnpool<let axes: Int>: Module {
    /// Positions of a window of the pooling along each spatial axis.
    public let size: Extents
    /// That of the pooling; nil is the size.
    public let stride: Extents?
    /// That of the pooling.
    public let padding: Extents

    /// - Parameter stride: from one window to the next; nil is the size.
    public init(_ size: Extents, stride: Extents? = nil, padding: Extents = 0) {
        checkAxes(axes, "MaxUnpool\(axes)d")
        self.size = size
        self.stride = stride
        self.padding = padding
    }

    /// - Parameters:
    ///   - indices: what `MaxPool.withIndices` returned.
    ///   - outputSize: the spatial extents of the result, where several lead to this input.
    public func callAsFunction(
        _ x: Tensor, _ indices: Tensor, outputSize: Extents? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) {
            x.maxUnpool(
                "maxUnpool\(axes)d", axes: axes, indices,
                WindowOptions(size: size, stride: stride, padding: padding), outputSize: outputSize, at: nil)
        }
    }
}
