import ApusKernelBase

extension OptimizerKernels {
    /// One step of stochastic gradient descent with momentum on `count` elements, in place: g ← g + weightDecay·p,
    /// v ← momentum·v + g, p ← p − rate·v, or with Nesterov's momentum p ← p − rate·(g + momentum·v).
    package static func sgd(
        _ p: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, _ v: UnsafeMutablePointer<Float>,
        count: Int, rate: Float, momentum: Float, nesterov: Bool, weightDecay: Float
    ) {
        Parallel.ranges(count, grain: 16_384) { range in
            for i in range {
                let gradient = g[i].addingProduct(weightDecay, p[i])
                let velocity = gradient.addingProduct(momentum, v[i])
                v[i] = velocity
                p[i] -= rate * (nesterov ? gradient.addingProduct(momentum, velocity) : velocity)
            }
        }
    }

    /// The same in float64.
    package static func sgd(
        _ p: UnsafeMutablePointer<Double>, _ g: UnsafePointer<Double>, _ v: UnsafeMutablePointer<Double>,
        count: Int, rate: Double, momentum: Double, nesterov: Bool, weightDecay: Double
    ) {
        Parallel.ranges(count, grain: 16_384) { range in
            for i in range {
                let gradient = g[i] + weightDecay * p[i]
                let velocity = gradient + momentum * v[i]
                v[i] = velocity
                p[i] -= rate * (nesterov ? gradient + momentum * velocity : velocity)
            }
        }
    }
}
