import Apus

// Activations made of the exponential function. Those of straight pieces are in Activations+Linear, those
// along an axis in Activations+Axis.

/// x where positive, else `alpha`·(eˣ − 1).
public final class ELU: Module, Layer {
    public let alpha: Double
    public init(_ alpha: Double = 1) { self.alpha = alpha }
    public func callAsFunction(_ x: Tensor) -> Tensor { x.elu(alpha: alpha) }
}

/// x where positive, else `alpha`·(e^(x/`alpha`) − 1) (Barron 2017).
public final class CELU: Module, Layer {
    public let alpha: Double
    public init(_ alpha: Double = 1) { self.alpha = alpha }
    public func callAsFunction(_ x: Tensor) -> Tensor { x.celu(alpha: alpha) }
}

/// The scaled ELU that keeps mean 0 and variance 1 (Klambauer et al. 2017).
public final class SELU: Module, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor { x.selu() }
}

/// x·Φ(x), with Φ the normal distribution function (Hendrycks & Gimpel 2016).
public final class GELU: Module, Layer {
    public let approximation: GELUApproximation
    public init(_ approximation: GELUApproximation = .none) { self.approximation = approximation }
    public func callAsFunction(_ x: Tensor) -> Tensor { x.gelu(approximation) }
}

/// x·σ(x), also called swish.
public final class SiLU: Module, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor { x.silu() }
}

/// x·tanh(log(1 + eˣ)) (Misra 2019).
public final class Mish: Module, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor { x.mish() }
}

/// 1 / (1 + e⁻ˣ).
public final class Sigmoid: Module, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor { x.sigmoid() }
}

/// log(1 / (1 + e⁻ˣ)).
public final class LogSigmoid: Module, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor { x.logSigmoid() }
}

/// The hyperbolic tangent.
public final class Tanh: Module, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor { x.tanh() }
}

/// x − tanh(x).
public final class Tanhshrink: Module, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor { x.tanhshrink() }
}

/// log(1 + e^(βx)) / β; x itself where βx exceeds the threshold.
public final class Softplus: Module, Layer {
    public let beta: Double
    public let threshold: Double

    public init(beta: Double = 1, threshold: Double = 20) {
        self.beta = beta
        self.threshold = threshold
    }

    public func callAsFunction(_ x: Tensor) -> Tensor { x.softplus(beta: beta, threshold: threshold) }
}
