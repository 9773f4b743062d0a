import ApusKernelBase
import ApusCore

/// Whole optimizer steps in one pass over memory.
package enum OptimizerKernels {
    /// One step of Adam (Kingma & Ba 2015, algorithm 1) on `count` elements, in place.
    ///
    /// m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², p ← p − rate·m/(√v·scale + ε), where the caller has put
    /// the bias corrections into `rate` = lr/(1−β₁ᵗ) and `scale` = 1/√(1−β₂ᵗ).
    package static func adam(
        _ p: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, _ m: UnsafeMutablePointer<Float>,
        _ v: UnsafeMutablePointer<Float>, count: Int, rate: Float, scale: Float, beta1: Float, beta2: Float,
        epsilon: Float, weightDecay: Float
    ) {
        Parallel.ranges(count, grain: 8192) { range in
            let rest1 = 1 - beta1
            let rest2 = 1 - beta2
            for i in range {
                let gradient = g[i].addingProduct(weightDecay, p[i])
                let mean = (rest1 * gradient).addingProduct(beta1, m[i])
                let square = (rest2 * gradient * gradient).addingProduct(beta2, v[i])
                m[i] = mean
                v[i] = square
                p[i] -= rate * mean / (square.squareRoot() * scale + epsilon)
            }
        }
    }

    /// The same in float64.
    package static func adam(
        _ p: UnsafeMutablePointer<Double>, _ g: UnsafePointer<Double>, _ m: UnsafeMutablePointer<Double>,
        _ v: UnsafeMutablePointer<Double>, count: Int, rate: Double, scale: Double, beta1: Double,
        beta2: Double,
        epsilon: Double, weightDecay: Double
    ) {
        Parallel.ranges(count, grain: 8192) { range in
            for i in range {
                let gradient = g[i] + weightDecay * p[i]
                m[i] = beta1 * m[i] + (1 - beta1) * gradient
                v[i] = beta2 * v[i] + (1 - beta2) * gradient * gradient
                p[i] -= rate * m[i] / (v[i].squareRoot() * scale + epsilon)
            }
        }
    }
}
