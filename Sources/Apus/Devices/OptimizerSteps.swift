// Optimizer steps on tensors of one shape and type, without history: what optimizers are made of.

extension Tensor {
    /// One step of stochastic gradient descent with momentum; see `OptimizerCalls`. Both parts of complex elements are
    /// stepped alike.
    package mutating func stepDown(
        _ gradient: Tensor, velocity: inout Tensor, rate: Double, momentum: Double, nesterov: Bool,
        weightDecay: Double
    ) {
        makeWritableContiguous()
        velocity.makeWritableContiguous()
        let gradient = gradient.detachedContiguous()
        device.kernels.sgd(
            start, gradient.start, velocity.start, dtype.realType, count: realCount, rate: rate,
            momentum: momentum, nesterov: nesterov, weightDecay: weightDecay)
        withExtendedLifetime(gradient.storage) {}
    }

    /// One step of Adam; see `OptimizerCalls`. The parts of complex elements are scaled each by its own.
    package mutating func stepAdam(
        _ gradient: Tensor, mean: inout Tensor, square: inout Tensor, rate: Double, scale: Double,
        betas: (Double, Double), epsilon: Double, weightDecay: Double
    ) {
        makeWritableContiguous()
        mean.makeWritableContiguous()
        square.makeWritableContiguous()
        let gradient = gradient.detachedContiguous()
        device.kernels.adam(
            start, gradient.start, mean.start, square.start, dtype.realType, count: realCount, rate: rate,
            scale: scale, betas: betas, epsilon: epsilon, weightDecay: weightDecay)
        withExtendedLifetime(gradient.storage) {}
    }

    /// Elements, of complex numbers both parts.
    private var realCount: Int { dtype.isComplex ? 2 * count : count }
}
