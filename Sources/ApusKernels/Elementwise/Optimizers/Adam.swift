import ApusKernelBase

extension Kernels {
    /// Adam (Kingma & Ba 2015, algorithm 1): g ← s·g + decay·p, m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g²,
    /// p ← keep·p − rate·m/(√v·scale + ε).
    ///
    /// The bias corrections are in `rate` = lr/(1−β₁ᵗ) and `scale` = 1/√(1−β₂ᵗ); s is 1 or −1.
    /// Coefficients: s, decay, keep, β₁, β₂, rate, scale, ε. Slots: m, v.
    package static let adam = OptimizerKernel("adam", slots: 2, { adamStep($0) }, { adamStep($0) })

    /// AMSGrad (Reddi et al. 2018, algorithm 2): as Adam, but with the largest v so far under the root.
    ///
    /// Coefficients as Adam's. Slots: m, v, the largest v.
    package static let amsgrad = OptimizerKernel(
        "amsgrad", slots: 3, { amsgradStep($0) }, { amsgradStep($0) })
}

@inline(__always)
private func adamStep<T: RowElement>(_ a: StepElements<T>) {
    let (p, g, m, v) = (a.values, a.gradient, a.slot(0), a.slot(1))
    let (sign, decay, keep, beta1, beta2) = (a[0], a[1], a[2], a[3], a[4])
    let (rate, scale, epsilon) = (a[5], a[6], a[7])
    let (rest1, rest2) = (a.rest(3), a.rest(4))
    for i in 0..<a.count {
        let gradient = (sign * g[i]).addingProduct(decay, p[i])
        let mean = (rest1 * gradient).addingProduct(beta1, m[i])
        let square = (rest2 * gradient * gradient).addingProduct(beta2, v[i])
        m[i] = mean
        v[i] = square
        p[i] = keep * p[i] - rate * mean / (square.squareRoot() * scale + epsilon)
    }
}

@inline(__always)
private func amsgradStep<T: RowElement>(_ a: StepElements<T>) {
    let (p, g, m, v, largest) = (a.values, a.gradient, a.slot(0), a.slot(1), a.slot(2))
    let (sign, decay, keep, beta1, beta2) = (a[0], a[1], a[2], a[3], a[4])
    let (rate, scale, epsilon) = (a[5], a[6], a[7])
    let (rest1, rest2) = (a.rest(3), a.rest(4))
    for i in 0..<a.count {
        let gradient = (sign * g[i]).addingProduct(decay, p[i])
        let mean = (rest1 * gradient).addingProduct(beta1, m[i])
        let square = (rest2 * gradient * gradient).addingProduct(beta2, v[i])
        // NaN stays.
        let most = T.select(largest[i] >= square, largest[i], square)
        m[i] = mean
        v[i] = square
        largest[i] = most
        p[i] = keep * p[i] - rate * mean / (most.squareRoot() * scale + epsilon)
    }
}
