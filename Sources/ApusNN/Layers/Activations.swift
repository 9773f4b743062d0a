import Apus

/// max(x, 0).
public final class ReLU: Module, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor { x.relu() }
}

/// x where positive, else `slope`·x.
public final class LeakyReLU: Module, Layer {
    public let slope: Double
    public init(_ slope: Double = 0.01) { self.slope = slope }
    public func callAsFunction(_ x: Tensor) -> Tensor { x.leakyRelu(slope: slope) }
}

/// x where positive, else `alpha`·(eˣ − 1).
public final class ELU: Module, Layer {
    public let alpha: Double
    public init(_ alpha: Double = 1) { self.alpha = alpha }
    public func callAsFunction(_ x: Tensor) -> Tensor { x.elu(alpha: alpha) }
}

/// x·Φ(x), with Φ the normal distribution function (Hendrycks & Gimpel 2016).
public final class GELU: Module, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor { x.gelu() }
}

/// x·σ(x), also called swish.
public final class SiLU: Module, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor { x.silu() }
}

/// 1 / (1 + e⁻ˣ).
public final class Sigmoid: Module, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor { x.sigmoid() }
}

/// The hyperbolic tangent.
public final class Tanh: Module, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor { x.tanh() }
}

/// log(1 + eˣ).
public final class Softplus: Module, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor { x.softplus() }
}

/// eˣ over its sum along an axis.
public final class Softmax: Module, Layer {
    public let axis: Int
    public init(axis: Int = -1) { self.axis = axis }
    public func callAsFunction(_ x: Tensor) -> Tensor { x.softmax(axis: axis) }
}
