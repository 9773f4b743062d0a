import Apus

/// What the forms of `MaxUnpool` share.
public class MaxUnpool: Module {
    /// Positions of a window of the pooling along each spatial axis.
    public let size: Extents
    /// That of the pooling; nil is the size.
    public let stride: Extents?
    /// That of the pooling.
    public let padding: Extents

    /// - Parameter stride: from one window to the next; nil is the size.
    public init(_ size: Extents, stride: Extents? = nil, padding: Extents = 0) {
        self.size = size
        self.stride = stride
        self.padding = padding
    }
}

/// Puts each element where `MaxPool1d` found its maximum, among zeros.
public final class MaxUnpool1d: MaxUnpool {
    /// - Parameters:
    ///   - indices: what `MaxPool1d.withIndices` returned.
    ///   - outputSize: the spatial extents of the result, where several lead to this input.
    public func callAsFunction(
        _ x: Tensor, _ indices: Tensor, outputSize: Extents? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) {
            x.maxUnpool1d(indices, size, stride: stride, padding: padding, outputSize: outputSize)
        }
    }
}

/// Puts each element where `MaxPool2d` found its maximum, among zeros.
public final class MaxUnpool2d: MaxUnpool {
    /// - Parameters:
    ///   - indices: what `MaxPool2d.withIndices` returned.
    ///   - outputSize: the spatial extents of the result, where several lead to this input.
    public func callAsFunction(
        _ x: Tensor, _ indices: Tensor, outputSize: Extents? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) {
            x.maxUnpool2d(indices, size, stride: stride, padding: padding, outputSize: outputSize)
        }
    }
}

/// Puts each element where `MaxPool3d` found its maximum, among zeros.
public final class MaxUnpool3d: MaxUnpool {
    /// - Parameters:
    ///   - indices: what `MaxPool3d.withIndices` returned.
    ///   - outputSize: the spatial extents of the result, where several lead to this input.
    public func callAsFunction(
        _ x: Tensor, _ indices: Tensor, outputSize: Extents? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) {
            x.maxUnpool3d(indices, size, stride: stride, padding: padding, outputSize: outputSize)
        }
    }
}
