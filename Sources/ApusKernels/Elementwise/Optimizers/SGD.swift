import ApusKernelBase

extension Kernels {
    /// Stochastic gradient descent with momentum: g ← s·g + decay·p, v ← momentum·v + share·g, p ← p − rate·(ahead·g +
    /// along·v), where s is 1 or −1.
    ///
    /// Coefficients: s, decay, rate, momentum, share, ahead, along. Slot: v.
    package static let sgd = OptimizerKernel("sgd", slots: 1, { sgdStep($0) }, { sgdStep($0) })

    /// The same without momentum, which keeps nothing.
    ///
    /// Coefficients: s, decay, rate.
    package static let plainSGD = OptimizerKernel("plainSGD", slots: 0, { plainStep($0) }, { plainStep($0) })
}

@inline(__always)
private func sgdStep<T: RowElement>(_ a: StepElements<T>) {
    let (p, g, v) = (a.values, a.gradient, a.slot(0))
    let (sign, decay, rate, momentum, share, ahead, along) = (a[0], a[1], a[2], a[3], a[4], a[5], a[6])
    for i in 0..<a.count {
        let gradient = (sign * g[i]).addingProduct(decay, p[i])
        let velocity = (share * gradient).addingProduct(momentum, v[i])
        v[i] = velocity
        p[i] -= rate * (ahead * gradient).addingProduct(along, velocity)
    }
}

@inline(__always)
private func plainStep<T: RowElement>(_ a: StepElements<T>) {
    let (p, g) = (a.values, a.gradient)
    let (sign, decay, rate) = (a[0], a[1], a[2])
    for i in 0..<a.count { p[i] -= rate * (sign * g[i]).addingProduct(decay, p[i]) }
}
