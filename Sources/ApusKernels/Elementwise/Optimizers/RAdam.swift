import ApusKernelBase

extension Kernels {
    /// RAdam (Liu et al. 2020, algorithm 2): moments m and v as Adam's, p ← keep·p − rate·m/(√v·scale + ε) where the step
    /// is adaptive, p ← keep·p − rate·m where it is not.
    ///
    /// Coefficients: s, decay, keep, β₁, β₂, rate, scale, ε, 1 for an adaptive step. Slots: m, v.
    package static let radam = OptimizerKernel("radam", slots: 2, { radamStep($0) }, { radamStep($0) })
}

@inline(__always)
private func radamStep<T: RowElement>(_ a: StepElements<T>) {
    let (p, g, m, v) = (a.values, a.gradient, a.slot(0), a.slot(1))
    let (sign, decay, keep, beta1, beta2, rate) = (a[0], a[1], a[2], a[3], a[4], a[5])
    let (scale, epsilon, isAdaptive) = (a[6], a[7], a[8])
    let (rest1, rest2) = (a.rest(3), a.rest(4))
    for i in 0..<a.count {
        let gradient = (sign * g[i]).addingProduct(decay, p[i])
        let mean = (rest1 * gradient).addingProduct(beta1, m[i])
        let square = (rest2 * gradient * gradient).addingProduct(beta2, v[i])
        m[i] = mean
        v[i] = square
        let divisor = T.select(isAdaptive != 0, square.squareRoot() * scale + epsilon, 1)
        p[i] = keep * p[i] - rate * mean / divisor
    }
}
