import Apus

/// How the weights of a layer are drawn at the start.
///
/// Fans are those of a weight [out, in, kernel…]: fan in = in · kernel size, fan out = out · kernel size.
public enum Initializer: Sendable, Equatable {
    /// All 0.
    case zeros
    /// All 1.
    case ones
    /// All this number.
    case constant(Double)
    /// Uniform, from `low` up to `high`.
    case uniform(low: Double, high: Double)
    /// Normal with this mean and standard deviation.
    case normal(mean: Double, std: Double)
    /// Normal, drawn again beyond two standard deviations.
    case truncatedNormal(mean: Double, std: Double)
    /// Uniform in ±gain·√(6/(fan in + fan out)) (Glorot & Bengio 2010).
    case xavierUniform(gain: Double = 1)
    /// Normal with standard deviation gain·√(2/(fan in + fan out)).
    case xavierNormal(gain: Double = 1)
    /// Uniform in ±√(6/fan in), for ReLU (He et al. 2015).
    case heUniform
    /// Normal with standard deviation √(2/fan in).
    case heNormal
    /// Complex: |W| Rayleigh distributed with the σ of the criterion, the phase uniform in (−π, π].
    ///
    /// W = |W|·e^{iθ} has E W = 0 and Var W = E|W|² = 2σ² (Trabelsi et al. 2018, section 3.6).
    case rayleigh(Criterion)
    /// Complex: a matrix [out, in · kernel] with orthonormal rows, or columns where there are more rows, times the
    /// factor that makes E|W|² the criterion's 2σ².
    ///
    /// U·Vᴴ from the singular value decomposition U·S·Vᴴ of a complex Gaussian matrix (Trabelsi et al. 2018,
    /// section 3.6).
    case unitary(Criterion)

    /// What the variance of complex weights is to preserve. Fans count complex units.
    public enum Criterion: Sendable, Equatable {
        /// σ = 1/√(fan in + fan out): the variance of values and of gradients, as far as both can be preserved (Glorot
        /// & Bengio 2010).
        case glorot
        /// σ = 1/√fan in: the variance of values, through ReLU (He et al. 2015).
        case he
    }

    /// Draws a tensor of this shape.
    ///
    /// - Parameter dtype: nil stands for float32, and for complex64 where weights are complex by definition.
    public func callAsFunction(
        _ shape: Shape, dtype: DType? = nil, using generator: RandomGenerator = .default
    ) -> Tensor {
        Tensor.checkShape(shape, "Initializer")
        switch self {
        case .rayleigh(let criterion):
            return rayleigh(shape, criterion, complexType(dtype), generator)
        case .unitary(let criterion):
            return unitary(shape, criterion, complexType(dtype), generator)
        default: return plain(shape, dtype ?? .float32, generator)
        }
    }

    private func plain(_ shape: Shape, _ dtype: DType, _ generator: RandomGenerator) -> Tensor {
        func uniform(_ bound: Double) -> Tensor {
            .uniform(shape, low: -bound, high: bound, dtype: dtype, using: generator)
        }
        func normal(_ std: Double) -> Tensor {
            .normal(shape, mean: 0, std: std, dtype: dtype, using: generator)
        }
        switch self {
        case .zeros: return .zeros(shape, dtype: dtype)
        case .ones: return .ones(shape, dtype: dtype)
        case .constant(let value): return .full(shape, value, dtype: dtype)
        case .uniform(let low, let high):
            return .uniform(shape, low: low, high: high, dtype: dtype, using: generator)
        case .normal(let mean, let std):
            return .normal(shape, mean: mean, std: std, dtype: dtype, using: generator)
        case .truncatedNormal(let mean, let std):
            return .truncatedNormal(shape, mean: mean, std: std, dtype: dtype, using: generator)
        case .xavierUniform(let gain):
            let (fanIn, fanOut) = fans(of: shape)
            return uniform(gain * (6 / (fanIn + fanOut)).squareRoot())
        case .xavierNormal(let gain):
            let (fanIn, fanOut) = fans(of: shape)
            return normal(gain * (2 / (fanIn + fanOut)).squareRoot())
        case .heUniform: return uniform((6 / fans(of: shape).in).squareRoot())
        case .heNormal: return normal((2 / fans(of: shape).in).squareRoot())
        case .rayleigh, .unitary: fail("Initializer", "complex weights have no real form")
        }
    }
}

/// The fan in and the fan out of a weight [out, in, kernel…].
func fans(of shape: Shape) -> (in: Double, out: Double) {
    if shape.count < 2 {
        fail("Initializer", "a weight of shape \(shape) has no fan in and out; it needs two axes")
    }
    let kernel = shape.dropFirst(2).reduce(1.0) { $0 * Double($1) }
    return (Double(shape[1]) * kernel, Double(shape[0]) * kernel)
}
