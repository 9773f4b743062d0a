import Apus

/// A residual block around a linear recurrent unit: x + out1(y)·σ(out2(y)) with y = dropout(GELU(LRU(norm(x)))).
///
/// Sequences are [batch, time, features]. Dropout takes whole features, the same for all times.
///
/// State: `norm.weight`, `norm.bias`, `lru.…`, `out1.weight`, `out1.bias`, `out2.weight`, `out2.bias`.
public final class LRUBlock: Module, StepwiseLayer {
    /// Before the unit.
    public let norm: LayerNorm
    /// What goes through time.
    public let lru: LRU
    /// What is gated.
    public let out1: Linear
    /// The gate.
    public let out2: Linear
    /// The probability with which a feature is zero in training.
    public let dropout: Double

    /// - Parameters:
    ///   - radii: between which |λ| is at the start.
    ///   - angle: below which the argument of λ is at the start.
    ///   - dropout: the probability with which a feature is zero in training.
    public init(
        _ features: Int, states: Int, radii: ClosedRange<Double> = 0...1, angle: Double = 6.28,
        dropout: Double = 0,
        using generator: RandomGenerator = .default
    ) {
        checkProbability(dropout, "LRUBlock")
        lru = LRU(features, states: states, radii: radii, angle: angle, using: generator)
        norm = LayerNorm(features)
        out1 = Linear(features, features, using: generator)
        out2 = Linear(features, features, using: generator)
        self.dropout = dropout
    }

    /// [batch, time, features], in the same shape.
    public func forward(_ x: Tensor) -> Tensor {
        let y = lru(norm(x)).gelu()
        if !isTraining || dropout == 0 { return x + gated(y) }
        // The features are channels where time is the last axis.
        return x + gated(y.transpose(1, 2).channelDropout(dropout).transpose(1, 2))
    }

    /// Zeros, complex [batch, states].
    public func initialState(batch: Int) -> Tensor { lru.initialState(batch: batch) }

    /// Nothing is dropped.
    public func advance(_ x: Tensor, _ state: inout Tensor) -> Tensor {
        x + gated(lru.advance(norm(x), &state).gelu())
    }

    private func gated(_ y: Tensor) -> Tensor { out1(y) * out2(y).sigmoid() }
}
