import Apus

// Activations of complex networks.

/// ReLU of each part: max(Re z, 0) + i·max(Im z, 0) (Trabelsi et al. 2018).
public final class CReLU: Module, Layer {
    /// `Tensor.crelu` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.crelu() }
}

/// ReLU(|z| + b)·z / |z| with a learned b: one for all, or one a channel (Arjovsky et al. 2016).
public final class ModReLU: Module, Layer {
    /// b, real: [1], or [channels].
    public let bias: Parameter
    /// - Parameter initial: what moduli are moved by at the start; 0 leaves all numbers as they are.
    public init(_ channels: Int = 1, initial: Double = 0) {
        Tensor.checkShape([channels], "ModReLU")
        bias = Parameter(.full([channels], initial))
    }

    /// `Tensor.modReLU` of each element, in the shape of `x`: [N, C, …] where each channel has a bias of its own.
    public func forward(_ x: Tensor) -> Tensor { x.modReLU(bias: bias.value) }
}

/// z where neither part is negative, else 0 (Guberman 2016).
public final class ZReLU: Module, Layer {
    /// `Tensor.zrelu` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.zrelu() }
}

/// ½(1 + cos angle(z))·z (Virtue et al. 2017).
public final class Cardioid: Module, Layer {
    /// `Tensor.cardioid` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.cardioid() }
}

/// The logistic function of each part; `Sigmoid` is the holomorphic function.
public final class SplitSigmoid: Module, Layer {
    /// `Tensor.splitSigmoid` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.splitSigmoid() }
}

/// The hyperbolic tangent of each part; `Tanh` is the holomorphic function.
public final class SplitTanh: Module, Layer {
    /// `Tensor.splitTanh` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.splitTanh() }
}

/// Each part where positive, else `weight` times the part, which is learned: one for all, or one a channel.
public final class SplitPReLU: Module, Layer {
    /// The slopes of negative parts, real: [1], or [channels].
    public let weight: Parameter

    /// - Parameters:
    ///   - channels: 1 for one slope in all, else the extent of axis 1 of the input.
    ///   - initial: what all slopes start at.
    public init(_ channels: Int = 1, initial: Double = 0.25) {
        Tensor.checkShape([channels], "SplitPReLU")
        weight = Parameter(.full([channels], initial))
    }

    /// `Tensor.splitPReLU` of each element, in the shape of `x`: [N, C, …] where each channel has a slope of its own.
    public func forward(_ x: Tensor) -> Tensor { x.splitPReLU(weight: weight.value) }
}
