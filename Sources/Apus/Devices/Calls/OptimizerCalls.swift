/// Whole optimizer steps in one pass over memory. All arrays are contiguous, `count` elements of `dtype`, which is
/// float32 or float64.
package protocol OptimizerCalls: DeviceCalls {
    /// One step of stochastic gradient descent with momentum, in place: g ← g + weightDecay·p, v ← momentum·v + g,
    /// p ← p − rate·v, or with Nesterov's momentum p ← p − rate·(g + momentum·v).
    func sgd(
        _ p: UnsafeMutableRawPointer, _ g: UnsafeRawPointer, _ v: UnsafeMutableRawPointer, _ dtype: DType,
        count: Int, rate: Double, momentum: Double, nesterov: Bool, weightDecay: Double)

    /// One step of Adam (Kingma & Ba 2015, algorithm 1), in place.
    ///
    /// m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², p ← p − rate·m/(√v·scale + ε), where the caller has put
    /// the bias corrections into `rate` = lr/(1−β₁ᵗ) and `scale` = 1/√(1−β₂ᵗ).
    func adam(
        _ p: UnsafeMutableRawPointer, _ g: UnsafeRawPointer, _ m: UnsafeMutableRawPointer,
        _ v: UnsafeMutableRawPointer, _ dtype: DType, count: Int, rate: Double, scale: Double,
        betas: (Double, Double), epsilon: Double, weightDecay: Double)
}

extension OptimizerCalls {
    package func sgd(
        _ p: UnsafeMutableRawPointer, _ g: UnsafeRawPointer, _ v: UnsafeMutableRawPointer, _ dtype: DType,
        count: Int, rate: Double, momentum: Double, nesterov: Bool, weightDecay: Double
    ) { lacks() }

    package func adam(
        _ p: UnsafeMutableRawPointer, _ g: UnsafeRawPointer, _ m: UnsafeMutableRawPointer,
        _ v: UnsafeMutableRawPointer, _ dtype: DType, count: Int, rate: Double, scale: Double,
        betas: (Double, Double), epsilon: Double, weightDecay: Double
    ) { lacks() }
}
