import Apus

// Activations made of straight pieces, and softsign.

/// max(x, 0).
public final class ReLU: Module, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor { x.relu() }
}

/// min(max(x, 0), 6).
public final class ReLU6: Module, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor { x.relu6() }
}

/// x where positive, else `slope`·x.
public final class LeakyReLU: Module, Layer {
    public let slope: Double
    public init(_ slope: Double = 0.01) { self.slope = slope }
    public func callAsFunction(_ x: Tensor) -> Tensor { x.leakyRelu(slope: slope) }
}

/// x where positive, else `weight`·x, which is learned: one for all, or one a channel (He et al. 2015).
public final class PReLU: Module, Layer {
    public let weight: Parameter
    public init(_ channels: Int = 1, initial: Double = 0.25) {
        Tensor.checkShape([channels], "PReLU")
        weight = Parameter(.full([channels], initial))
    }
    public func callAsFunction(_ x: Tensor) -> Tensor { x.prelu(weight: weight.value) }
}

/// x where positive, else x times a slope: in training drawn from [lower, upper) for each element, in
/// evaluation their middle (Xu et al. 2015).
public final class RReLU: Module, Layer {
    public let lower: Double
    public let upper: Double

    public init(lower: Double = 1.0 / 8, upper: Double = 1.0 / 3) {
        self.lower = lower
        self.upper = upper
    }

    public func callAsFunction(_ x: Tensor) -> Tensor {
        isTraining ? x.rrelu(lower: lower, upper: upper) : x.leakyRelu(slope: (lower + upper) / 2)
    }
}

/// x·min(max(x + 3, 0), 6) / 6 (Howard et al. 2019).
public final class Hardswish: Module, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor { x.hardswish() }
}

/// min(max(x + 3, 0), 6) / 6.
public final class Hardsigmoid: Module, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor { x.hardsigmoid() }
}

/// x limited to `min...max`.
public final class Hardtanh: Module, Layer {
    public let min: Double
    public let max: Double

    public init(min: Double = -1, max: Double = 1) {
        self.min = min
        self.max = max
    }

    public func callAsFunction(_ x: Tensor) -> Tensor { x.hardtanh(min: min, max: max) }
}

/// x where |x| > λ, else 0.
public final class Hardshrink: Module, Layer {
    public let lambda: Double
    public init(_ lambda: Double = 0.5) { self.lambda = lambda }
    public func callAsFunction(_ x: Tensor) -> Tensor { x.hardshrink(lambda: lambda) }
}

/// x moved by λ towards 0, and 0 where |x| ≤ λ.
public final class Softshrink: Module, Layer {
    public let lambda: Double
    public init(_ lambda: Double = 0.5) { self.lambda = lambda }
    public func callAsFunction(_ x: Tensor) -> Tensor { x.softshrink(lambda: lambda) }
}

/// x / (1 + |x|).
public final class Softsign: Module, Layer {
    public func callAsFunction(_ x: Tensor) -> Tensor { x.softsign() }
}

/// x where it exceeds the threshold, else `value`.
public final class Threshold: Module, Layer {
    public let threshold: Double
    public let value: Double

    public init(_ threshold: Double, value: Double) {
        self.threshold = threshold
        self.value = value
    }

    public func callAsFunction(_ x: Tensor) -> Tensor { x.threshold(threshold, value: value) }
}
