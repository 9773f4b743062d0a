import Apus

/// x / (k + α · mean of squares)^β over `size` neighbouring channels (Krizhevsky et al. 2012).
public final class LocalResponseNorm: Module, Layer {
    /// Channels over which the mean of squares is taken, zeros beyond the first and the last.
    public let size: Int
    /// α, the factor of that mean.
    public let alpha: Double
    /// β, the exponent.
    public let beta: Double
    /// k, added to the mean.
    public let k: Double

    /// With PyTorch's α = 10⁻⁴, β = 0.75 and k = 1 unless others are given.
    public init(_ size: Int, alpha: Double = 1e-4, beta: Double = 0.75, k: Double = 1) {
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k
    }

    /// [N, C, …], in the same shape; the program stops for fewer than three axes.
    public func forward(_ x: Tensor) -> Tensor {
        x.localResponseNorm(size: size, alpha: alpha, beta: beta, k: k)
    }
}
