import Apus

// Activations made of the exponential function. Those of straight pieces are in Activations+Linear, those
// along an axis in Activations+Axis.

/// x where positive, else `alpha`·(eˣ − 1).
public final class ELU: Module, Layer {
    /// α: the result tends to −α as x goes to −∞.
    public let alpha: Double

    /// With α = 1, as in PyTorch, unless another is given.
    public init(_ alpha: Double = 1) { self.alpha = alpha }

    /// `Tensor.elu` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.elu(alpha: alpha) }
}

/// x where positive, else `alpha`·(e^(x/`alpha`) − 1) (Barron 2017).
public final class CELU: Module, Layer {
    /// α: the result tends to −α as x goes to −∞.
    public let alpha: Double

    /// With α = 1, as in PyTorch, unless another is given.
    public init(_ alpha: Double = 1) { self.alpha = alpha }

    /// `Tensor.celu` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.celu(alpha: alpha) }
}

/// The scaled ELU that keeps mean 0 and variance 1 (Klambauer et al. 2017).
public final class SELU: Module, Layer {
    /// `Tensor.selu` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.selu() }
}

/// x·Φ(x), with Φ the normal distribution function (Hendrycks & Gimpel 2016).
public final class GELU: Module, Layer {
    /// Whether Φ is computed with the error function or approximated with tanh.
    public let approximation: GELUApproximation

    /// With the error function unless an approximation is named.
    public init(_ approximation: GELUApproximation = .none) { self.approximation = approximation }

    /// `Tensor.gelu` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.gelu(approximation) }
}

/// x·σ(x), also called swish.
public final class SiLU: Module, Layer {
    /// `Tensor.silu` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.silu() }
}

/// x·tanh(log(1 + eˣ)) (Misra 2019).
public final class Mish: Module, Layer {
    /// `Tensor.mish` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.mish() }
}

/// 1 / (1 + e⁻ˣ).
public final class Sigmoid: Module, Layer {
    /// `Tensor.sigmoid` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.sigmoid() }
}

/// log(1 / (1 + e⁻ˣ)).
public final class LogSigmoid: Module, Layer {
    /// `Tensor.logSigmoid` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.logSigmoid() }
}

/// The hyperbolic tangent.
public final class Tanh: Module, Layer {
    /// `Tensor.tanh` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.tanh() }
}

/// x − tanh(x).
public final class Tanhshrink: Module, Layer {
    /// `Tensor.tanhshrink` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.tanhshrink() }
}

/// log(1 + e^(βx)) / β; x itself where βx exceeds the threshold.
public final class Softplus: Module, Layer {
    /// β: the larger it is, the closer the curve comes to that of ReLU.
    public let beta: Double
    /// Where βx exceeds it the result is x.
    public let threshold: Double

    /// With β = 1 and a threshold of 20, as in PyTorch, unless others are given.
    public init(beta: Double = 1, threshold: Double = 20) {
        self.beta = beta
        self.threshold = threshold
    }

    /// `Tensor.softplus` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.softplus(beta: beta, threshold: threshold) }
}
