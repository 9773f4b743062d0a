import ApusKernelBase

extension Kernels {
    /// Lion (Chen et al. 2023, algorithm 2): p ← keep·p − rate·sign(β₁m + (1−β₁)g), m ← β₂m + (1−β₂)g, with g ← s·g.
    ///
    /// Coefficients: s, keep, β₁, β₂, rate. Slot: m.
    package static let lion = OptimizerKernel("lion", slots: 1, { lionStep($0) }, { lionStep($0) })
}

@inline(__always)
private func lionStep<T: RowElement>(_ a: StepElements<T>) {
    let (p, g, m) = (a.values, a.gradient, a.slot(0))
    let (sign, keep, beta1, beta2, rate) = (a[0], a[1], a[2], a[3], a[4])
    let (rest1, rest2) = (a.rest(2), a.rest(3))
    for i in 0..<a.count {
        let gradient = sign * g[i]
        let direction = (rest1 * gradient).addingProduct(beta1, m[i])
        m[i] = (rest2 * gradient).addingProduct(beta2, m[i])
        // 0 stays 0, and NaN NaN.
        let step = T.select(direction > 0, rate, T.select(direction < 0, -rate, direction))
        p[i] = keep * p[i] - step
    }
}
