import ApusKernelBase

extension Kernels {
    /// Adamax (Kingma & Ba 2015, algorithm 2): g ← s·g + decay·p, m ← β₁m + (1−β₁)g, u ← max(β₂u, |g| + ε),
    /// p ← p − rate·m/u.
    ///
    /// Coefficients: s, decay, β₁, β₂, rate, ε. Slots: m, u.
    package static let adamax = OptimizerKernel("adamax", slots: 2, { adamaxStep($0) }, { adamaxStep($0) })
}

@inline(__always)
private func adamaxStep<T: RowElement>(_ a: StepElements<T>) {
    let (p, g, m, u) = (a.values, a.gradient, a.slot(0), a.slot(1))
    let (sign, decay, beta1, beta2, rate, epsilon) = (a[0], a[1], a[2], a[3], a[4], a[5])
    let rest1 = a.rest(2)
    for i in 0..<a.count {
        let gradient = (sign * g[i]).addingProduct(decay, p[i])
        let mean = (rest1 * gradient).addingProduct(beta1, m[i])
        let (before, now) = (beta2 * u[i], gradient.magnitude + epsilon)
        // NaN stays.
        let norm = T.select(before >= now, before, now)
        m[i] = mean
        u[i] = norm
        p[i] -= rate * mean / norm
    }
}
