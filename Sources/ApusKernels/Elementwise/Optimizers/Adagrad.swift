import ApusKernelBase

extension Kernels {
    /// Adagrad (Duchi et al. 2011): g ← s·g + decay·p, v ← v + g², p ← p − rate·g/(√v + ε).
    ///
    /// Coefficients: s, decay, rate, ε. Slot: v.
    package static let adagrad = OptimizerKernel(
        "adagrad", slots: 1, { adagradStep($0) }, { adagradStep($0) })
}

@inline(__always)
private func adagradStep<T: RowElement>(_ a: StepElements<T>) {
    let (p, g, v) = (a.values, a.gradient, a.slot(0))
    let (sign, decay, rate, epsilon) = (a[0], a[1], a[2], a[3])
    for i in 0..<a.count {
        let gradient = (sign * g[i]).addingProduct(decay, p[i])
        let sum = v[i].addingProduct(gradient, gradient)
        v[i] = sum
        p[i] -= rate * gradient / (sum.squareRoot() + epsilon)
    }
}
