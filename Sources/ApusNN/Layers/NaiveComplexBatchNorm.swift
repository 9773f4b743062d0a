import Apus

/// Batch normalisation of the parts of complex [N, C] or [N, C, L], each for itself.
public typealias NaiveComplexBatchNorm1d = NaiveComplexBatchNorm<1>
/// Batch normalisation of the parts of complex images, [N, C, H, W].
public typealias NaiveComplexBatchNorm2d = NaiveComplexBatchNorm<2>
/// Batch normalisation of the parts of complex volumes, [N, C, D, H, W].
public typealias NaiveComplexBatchNorm3d = NaiveComplexBatchNorm<3>

/// Batch normalisation of the real and the imaginary parts, each for itself: their correlation stays.
///
/// State: that of two batch normalisations, `real` and `imaginary`.
public final class NaiveComplexBatchNorm<let axes: Int>: Module, Layer {
    /// The normalisation of the real parts.
    public let real: BatchNorm<axes>
    /// That of the imaginary parts.
    public let imaginary: BatchNorm<axes>

    /// The parameters are those of `BatchNorm`, for each part.
    public init(
        _ channels: Int, epsilon: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true,
        trackRunningStatistics: Bool = true
    ) {
        func make() -> BatchNorm<axes> {
            BatchNorm(
                channels, epsilon: epsilon, momentum: momentum, affine: affine,
                trackRunningStatistics: trackRunningStatistics)
        }
        real = make()
        imaginary = make()
    }

    /// Complex `x` as the real normalisation takes it, in its shape; the program stops for real numbers.
    public func forward(_ x: Tensor) -> Tensor {
        if !x.dtype.isComplex {
            fail(
                "naiveComplexBatchNorm\(axes)d",
                "takes complex numbers, not \(x.dtype): use BatchNorm\(axes)d for real ones")
        }
        return .complex(real: real(x.real), imaginary: imaginary(x.imaginary))
    }
}
