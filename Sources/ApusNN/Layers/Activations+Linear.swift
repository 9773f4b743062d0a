import Apus

// Activations made of straight pieces, and softsign.

/// max(x, 0).
public final class ReLU: Module, Layer {
    /// `Tensor.relu` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.relu() }
}

/// min(max(x, 0), 6).
public final class ReLU6: Module, Layer {
    /// `Tensor.relu6` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.relu6() }
}

/// x where positive, else `slope`·x.
public final class LeakyReLU: Module, Layer {
    /// The factor of negative elements.
    public let slope: Double

    /// With a slope of 0.01, as in PyTorch, unless another is given.
    public init(_ slope: Double = 0.01) { self.slope = slope }

    /// `Tensor.leakyReLU` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.leakyReLU(slope: slope) }
}

/// x where positive, else `weight`·x, which is learned: one for all, or one a channel (He et al. 2015).
public final class PReLU: Module, Layer {
    /// The slopes of negative elements: [1], or [channels].
    public let weight: Parameter

    /// - Parameters:
    ///   - channels: 1 for one slope in all, else the extent of axis 1 of the input.
    ///   - initial: what all slopes start at.
    public init(_ channels: Int = 1, initial: Double = 0.25) {
        Tensor.checkShape([channels], "PReLU")
        weight = Parameter(.full([channels], initial))
    }

    /// `Tensor.prelu` of each element, in the shape of `x`: [N, C, …] where each channel has a slope of its own.
    public func forward(_ x: Tensor) -> Tensor { x.prelu(weight: weight.value) }
}

/// x where positive, else x times a slope: in training drawn from [lower, upper) for each element, in
/// evaluation their middle (Xu et al. 2015).
public final class RReLU: Module, Layer {
    /// The smallest slope that is drawn.
    public let lower: Double
    /// What all slopes are below.
    public let upper: Double

    /// With slopes from 1/8 up to 1/3, as in PyTorch, unless others are given.
    public init(lower: Double = 1.0 / 8, upper: Double = 1.0 / 3) {
        self.lower = lower
        self.upper = upper
    }

    /// `Tensor.rrelu` of each element in training, `Tensor.leakyReLU` in evaluation; in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor {
        isTraining ? x.rrelu(lower: lower, upper: upper) : x.leakyReLU(slope: (lower + upper) / 2)
    }
}

/// x·min(max(x + 3, 0), 6) / 6 (Howard et al. 2019).
public final class Hardswish: Module, Layer {
    /// `Tensor.hardswish` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.hardswish() }
}

/// min(max(x + 3, 0), 6) / 6.
public final class Hardsigmoid: Module, Layer {
    /// `Tensor.hardsigmoid` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.hardsigmoid() }
}

/// x limited to `min...max`.
public final class Hardtanh: Module, Layer {
    /// What smaller elements become.
    public let min: Double
    /// What larger elements become.
    public let max: Double

    /// With the bounds −1 and 1 unless others are given.
    public init(min: Double = -1, max: Double = 1) {
        self.min = min
        self.max = max
    }

    /// `Tensor.hardtanh` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.hardtanh(min: min, max: max) }
}

/// x where |x| > λ, else 0.
public final class Hardshrink: Module, Layer {
    /// λ: what does not exceed it in magnitude becomes 0.
    public let lambda: Double

    /// With λ = 0.5, as in PyTorch, unless another is given.
    public init(_ lambda: Double = 0.5) { self.lambda = lambda }

    /// `Tensor.hardshrink` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.hardshrink(lambda: lambda) }
}

/// x moved by λ towards 0, and 0 where |x| ≤ λ.
public final class Softshrink: Module, Layer {
    /// λ: how far elements move towards 0.
    public let lambda: Double

    /// With λ = 0.5, as in PyTorch, unless another is given.
    public init(_ lambda: Double = 0.5) { self.lambda = lambda }

    /// `Tensor.softshrink` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.softshrink(lambda: lambda) }
}

/// x / (1 + |x|).
public final class Softsign: Module, Layer {
    /// `Tensor.softsign` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.softsign() }
}

/// x where it exceeds the threshold, else `value`.
public final class Threshold: Module, Layer {
    /// Elements above it stay.
    public let threshold: Double
    /// What all other elements become.
    public let value: Double

    /// Elements that do not exceed `threshold` become `value`.
    public init(_ threshold: Double, value: Double) {
        self.threshold = threshold
        self.value = value
    }

    /// `Tensor.threshold` of each element, in the shape of `x`.
    public func forward(_ x: Tensor) -> Tensor { x.threshold(threshold, value: value) }
}
