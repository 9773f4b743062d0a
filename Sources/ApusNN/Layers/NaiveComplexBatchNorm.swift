import Apus

/// Batch normalisation of the real and the imaginary parts, each for itself: their correlation stays.
///
/// State: that of two batch normalisations, `real` and `imaginary`.
public final class NaiveComplexBatchNorm1d: NaiveComplexBatchNorm<BatchNorm1d> {
    /// The parameters are those of `BatchNorm1d`, for each part.
    public init(
        _ channels: Int, epsilon: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true,
        trackRunningStatistics: Bool = true
    ) {
        super.init("naiveComplexBatchNorm1d") {
            BatchNorm1d(
                channels, epsilon: epsilon, momentum: momentum, affine: affine,
                trackRunningStatistics: trackRunningStatistics)
        }
    }
}

/// Batch normalisation of the parts of complex images, [N, C, H, W]; see `NaiveComplexBatchNorm1d`.
public final class NaiveComplexBatchNorm2d: NaiveComplexBatchNorm<BatchNorm2d> {
    /// The parameters are those of `BatchNorm2d`, for each part.
    public init(
        _ channels: Int, epsilon: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true,
        trackRunningStatistics: Bool = true
    ) {
        super.init("naiveComplexBatchNorm2d") {
            BatchNorm2d(
                channels, epsilon: epsilon, momentum: momentum, affine: affine,
                trackRunningStatistics: trackRunningStatistics)
        }
    }
}

/// Batch normalisation of the parts of complex volumes, [N, C, D, H, W]; see `NaiveComplexBatchNorm1d`.
public final class NaiveComplexBatchNorm3d: NaiveComplexBatchNorm<BatchNorm3d> {
    /// The parameters are those of `BatchNorm3d`, for each part.
    public init(
        _ channels: Int, epsilon: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true,
        trackRunningStatistics: Bool = true
    ) {
        super.init("naiveComplexBatchNorm3d") {
            BatchNorm3d(
                channels, epsilon: epsilon, momentum: momentum, affine: affine,
                trackRunningStatistics: trackRunningStatistics)
        }
    }
}

/// What the forms of naive complex batch normalisation share.
public class NaiveComplexBatchNorm<Norm: BatchNorm>: Module, Layer {
    /// The normalisation of the real parts.
    public let real: Norm
    /// That of the imaginary parts.
    public let imaginary: Norm
    private let operation: String

    fileprivate init(_ operation: String, _ make: () -> Norm) {
        self.operation = operation
        real = make()
        imaginary = make()
    }

    /// Complex `x` as the real normalisation takes it, in its shape; the program stops for real numbers.
    public final func forward(_ x: Tensor) -> Tensor {
        if !x.dtype.isComplex {
            fail(operation, "takes complex numbers, not \(x.dtype): use \(Norm.self) for real ones")
        }
        return .complex(real: real(x.real), imaginary: imaginary(x.imaginary))
    }
}
