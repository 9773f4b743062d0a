import ApusKernelBase

extension Kernels {
    /// NAdam (Dozat 2016): moments m and v as Adam's, p ← keep·p − (now·g + next·m)/(√v·scale + ε).
    ///
    /// Coefficients: s, decay, keep, β₁, β₂, now, next, scale, ε. Slots: m, v.
    package static let nadam = OptimizerKernel("nadam", slots: 2, { nadamStep($0) }, { nadamStep($0) })
}

@inline(__always)
private func nadamStep<T: RowElement>(_ a: StepElements<T>) {
    let (p, g, m, v) = (a.values, a.gradient, a.slot(0), a.slot(1))
    let (sign, decay, keep, beta1, beta2) = (a[0], a[1], a[2], a[3], a[4])
    let (now, next, scale, epsilon) = (a[5], a[6], a[7], a[8])
    let (rest1, rest2) = (a.rest(3), a.rest(4))
    for i in 0..<a.count {
        let gradient = (sign * g[i]).addingProduct(decay, p[i])
        let mean = (rest1 * gradient).addingProduct(beta1, m[i])
        let square = (rest2 * gradient * gradient).addingProduct(beta2, v[i])
        m[i] = mean
        v[i] = square
        let ahead = (now * gradient).addingProduct(next, mean)
        p[i] = keep * p[i] - ahead / (square.squareRoot() * scale + epsilon)
    }
}
