import Apus

/// The complex number of largest modulus in each window along the last axis of [batch, channels, length].
public final class ComplexMaxPool1d: MaxPool, Layer {
    /// Complex [batch, channels, length], or without batch; the windows are those of `MaxPool1d`.
    public func forward(_ x: Tensor) -> Tensor {
        x.complexMaxPool1d(size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }

    /// The same, and where each number stood.
    public func withIndices(_ x: Tensor) -> (values: Tensor, indices: Tensor) {
        x.complexMaxPool1dWithIndices(
            size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }
}

/// The complex number of largest modulus in each window of planes [batch, channels, height, width].
public final class ComplexMaxPool2d: MaxPool, Layer {
    /// Complex [batch, channels, height, width], or without batch; the windows are those of `MaxPool2d`.
    public func forward(_ x: Tensor) -> Tensor {
        x.complexMaxPool2d(size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }

    /// The same, and where each number stood.
    public func withIndices(_ x: Tensor) -> (values: Tensor, indices: Tensor) {
        x.complexMaxPool2dWithIndices(
            size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }
}

/// The complex number of largest modulus in each window of volumes [batch, channels, depth, height, width].
public final class ComplexMaxPool3d: MaxPool, Layer {
    /// Complex [batch, channels, depth, height, width], or without batch; the windows are those of `MaxPool3d`.
    public func forward(_ x: Tensor) -> Tensor {
        x.complexMaxPool3d(size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }

    /// The same, and where each number stood.
    public func withIndices(_ x: Tensor) -> (values: Tensor, indices: Tensor) {
        x.complexMaxPool3dWithIndices(
            size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode)
    }
}
