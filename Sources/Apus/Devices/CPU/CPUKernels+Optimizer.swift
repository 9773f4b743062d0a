import ApusKernels

extension CPUKernels {
    package func sgd(
        _ p: UnsafeMutableRawPointer, _ g: UnsafeRawPointer, _ v: UnsafeMutableRawPointer, _ dtype: DType,
        count: Int, rate: Double, momentum: Double, nesterov: Bool, weightDecay: Double
    ) {
        access {
            if dtype == .float32 {
                OptimizerKernels.sgd(
                    p.assumingMemoryBound(to: Float.self), g.assumingMemoryBound(to: Float.self),
                    v.assumingMemoryBound(to: Float.self), count: count, rate: Float(rate),
                    momentum: Float(momentum), nesterov: nesterov, weightDecay: Float(weightDecay))
            } else {
                OptimizerKernels.sgd(
                    p.assumingMemoryBound(to: Double.self), g.assumingMemoryBound(to: Double.self),
                    v.assumingMemoryBound(to: Double.self), count: count, rate: rate, momentum: momentum,
                    nesterov: nesterov, weightDecay: weightDecay)
            }
        }
    }

    package func adam(
        _ p: UnsafeMutableRawPointer, _ g: UnsafeRawPointer, _ m: UnsafeMutableRawPointer,
        _ v: UnsafeMutableRawPointer, _ dtype: DType, count: Int, rate: Double, scale: Double,
        betas: (Double, Double), epsilon: Double, weightDecay: Double
    ) {
        access {
            if dtype == .float32 {
                OptimizerKernels.adam(
                    p.assumingMemoryBound(to: Float.self), g.assumingMemoryBound(to: Float.self),
                    m.assumingMemoryBound(to: Float.self), v.assumingMemoryBound(to: Float.self),
                    count: count, rate: Float(rate), scale: Float(scale), beta1: Float(betas.0),
                    beta2: Float(betas.1), epsilon: Float(epsilon), weightDecay: Float(weightDecay))
            } else {
                OptimizerKernels.adam(
                    p.assumingMemoryBound(to: Double.self), g.assumingMemoryBound(to: Double.self),
                    m.assumingMemoryBound(to: Double.self), v.assumingMemoryBound(to: Double.self),
                    count: count, rate: rate, scale: scale, beta1: betas.0, beta2: betas.1, epsilon: epsilon,
                    weightDecay: weightDecay)
            }
        }
    }
}
