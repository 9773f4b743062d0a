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
    /// Uniform in ±gain·√(3/fan), for what follows, by default ReLU (He et al. 2015).
    case heUniform(fan: Fan = .fanIn, for: Nonlinearity = .relu)
    /// Normal with standard deviation gain/√fan, likewise.
    case heNormal(fan: Fan = .fanIn, for: Nonlinearity = .relu)
    /// Uniform in ±√(3/fan in) (LeCun et al., "Efficient BackProp", 1998).
    case lecunUniform
    /// Normal with standard deviation 1/√fan in, beyond two of which numbers are drawn again, and scaled so that this stays
    /// the deviation. For SELU (Klambauer et al. 2017).
    case lecunNormal
    /// What variance scale/fan gives (Keras's `VarianceScaling`); He's, Glorot's and LeCun's are such.
    case varianceScaling(scale: Double = 1, fan: Fan = .fanIn, distribution: Distribution = .truncatedNormal)
    /// Orthonormal rows, or columns where there are more rows, of the weight as a matrix [out, in · kernel], times gain
    /// (Saxe et al. 2014).
    ///
    /// Q of the QR decomposition of a Gaussian matrix, with R's diagonal positive: so it is uniform among all of them
    /// (Mezzadri 2007).
    case orthogonal(gain: Double = 1)
    /// A matrix [out, in] whose columns have this share of zeros, the rest normal (Martens 2010).
    case sparse(sparsity: Double, std: Double = 0.01)
    /// A matrix with ones on its diagonal.
    case identity
    /// A convolution's weight that hands each channel on, as far as there are channels on both sides, in each group of
    /// outputs.
    case dirac(groups: Int = 1)
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

    /// By which fan a variance is divided.
    public enum Fan: Sendable, Equatable {
        /// Preserves the variance of values.
        case fanIn
        /// Preserves the variance of gradients.
        case fanOut
        /// The mean of both.
        case average
    }

    /// Of what numbers are drawn.
    public enum Distribution: Sendable, Equatable {
        /// Normal.
        case normal
        /// Normal, without what is beyond two deviations; with the same variance.
        case truncatedNormal
        /// Uniform around 0.
        case uniform
    }

    /// What follows a layer, for the gain that makes up for the variance it loses.
    public enum Nonlinearity: Sendable, Equatable {
        /// Nothing: gain 1.
        case linear
        /// Gain 1.
        case sigmoid
        /// Gain 5/3.
        case tanh
        /// Gain √2.
        case relu
        /// Gain √(2/(1 + slope²)).
        case leakyReLU(slope: Double = 0.01)
        /// Gain 3/4.
        case selu

        /// The factor for the standard deviation, as PyTorch's `calculate_gain` gives it.
        public var gain: Double {
            switch self {
            case .linear, .sigmoid: 1
            case .tanh: 5.0 / 3
            case .relu: 2.0.squareRoot()
            case .leakyReLU(let slope): (2 / (1 + slope * slope)).squareRoot()
            case .selu: 0.75
            }
        }
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
        case .heUniform(let fan, let nonlinearity):
            return uniform(nonlinearity.gain * (3 / fan.of(shape)).squareRoot())
        case .heNormal(let fan, let nonlinearity):
            return normal(nonlinearity.gain / fan.of(shape).squareRoot())
        case .lecunUniform: return uniform((3 / fans(of: shape).in).squareRoot())
        case .lecunNormal: return scaled(shape, 1 / fans(of: shape).in, .truncatedNormal, dtype, generator)
        case .varianceScaling(let scale, let fan, let distribution):
            if !(scale > 0) { fail("Initializer", "a scale of \(scale): it is above 0") }
            return scaled(shape, scale / fan.of(shape), distribution, dtype, generator)
        case .orthogonal(let gain): return orthogonal(shape, gain, dtype, generator)
        case .sparse(let sparsity, let std): return sparse(shape, sparsity, std, dtype, generator)
        case .identity:
            if shape.count != 2 { fail("Initializer", "an identity of shape \(shape): it is a matrix") }
            return .eye(shape[0], shape[1], dtype: dtype)
        case .dirac(let groups): return dirac(shape, groups, dtype)
        case .rayleigh, .unitary: fail("Initializer", "complex weights have no real form")
        }
    }
}

extension Initializer.Fan {
    /// This fan of a weight.
    func of(_ shape: Shape) -> Double {
        let (fanIn, fanOut) = fans(of: shape)
        switch self {
        case .fanIn: return fanIn
        case .fanOut: return fanOut
        case .average: return (fanIn + fanOut) / 2
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
