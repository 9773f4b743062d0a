import ApusKernelBase

extension Kernels {
    /// The first half of LAMB (You et al. 2020, algorithm 2): moments m and v of s·g as Adam's, and the sums of p² and
    /// of r² with r = rate·m/(√v·scale + ε) + decay·p.
    ///
    /// Coefficients of both: s, decay, β₁, β₂, rate, scale, ε, step. Slots: m, v.
    package static let lambMoments = OptimizerKernel(
        "lambMoments", slots: 2, summing: { momentStep($0) }, { momentStep($0) })

    /// The second half: p ← p − step·r.
    package static let lambApply = OptimizerKernel(
        "lambApply", slots: 2, { applyStep($0) }, { applyStep($0) })
}

@inline(__always)
private func momentStep<T: RowElement>(_ a: StepElements<T>) -> SIMD2<Double> {
    let (p, g, m, v) = (a.values, a.gradient, a.slot(0), a.slot(1))
    let (sign, beta1, beta2) = (a[0], a[2], a[3])
    let (decay, rate, scale, epsilon) = (a[1], a[4], a[5], a[6])
    let (rest1, rest2) = (a.rest(2), a.rest(3))
    // Steps are kept for a moment, since a loop that adds up does not vectorise with a root in it.
    let length = 1024
    return withUnsafeTemporaryAllocation(of: T.self, capacity: length) { steps in
        let r = steps.baseAddress!
        var sums = SIMD2<Double>.zero
        for first in stride(from: 0, to: a.count, by: length) {
            let count = min(length, a.count - first)
            for k in 0..<count {
                let i = first + k
                let gradient = sign * g[i]
                let mean = (rest1 * gradient).addingProduct(beta1, m[i])
                let square = (rest2 * gradient * gradient).addingProduct(beta2, v[i])
                m[i] = mean
                v[i] = square
                r[k] = (rate * mean / (square.squareRoot() * scale + epsilon)).addingProduct(decay, p[i])
            }
            sums += SIMD2(sumOfSquares(p + first, count), sumOfSquares(r, count))
        }
        return sums
    }
}

@inline(__always)
private func applyStep<T: RowElement>(_ a: StepElements<T>) {
    let (p, m, v) = (a.values, a.slot(0), a.slot(1))
    let (decay, rate, scale, epsilon, length) = (a[1], a[4], a[5], a[6], a[7])
    for i in 0..<a.count {
        let step = (rate * m[i] / (v[i].squareRoot() * scale + epsilon)).addingProduct(decay, p[i])
        p[i] -= length * step
    }
}
