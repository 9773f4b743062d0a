import ApusKernelBase

extension Kernels {
    /// Adadelta (Zeiler 2012, algorithm 1): g ← s·g + decay·p, v ← ρv + (1−ρ)g², Δ = √(u + ε)/√(v + ε)·g,
    /// u ← ρu + (1−ρ)Δ², p ← p − rate·Δ.
    ///
    /// Coefficients: s, decay, ρ, rate, ε. Slots: v, u.
    package static let adadelta = OptimizerKernel(
        "adadelta", slots: 2, { adadeltaStep($0) }, { adadeltaStep($0) })
}

@inline(__always)
private func adadeltaStep<T: RowElement>(_ a: StepElements<T>) {
    let (p, g, v, u) = (a.values, a.gradient, a.slot(0), a.slot(1))
    let (sign, decay, rho, rate, epsilon) = (a[0], a[1], a[2], a[3], a[4])
    let rest = a.rest(2)
    for i in 0..<a.count {
        let gradient = (sign * g[i]).addingProduct(decay, p[i])
        let square = (rest * gradient * gradient).addingProduct(rho, v[i])
        let delta = (u[i] + epsilon).squareRoot() / (square + epsilon).squareRoot() * gradient
        v[i] = square
        u[i] = (rest * delta * delta).addingProduct(rho, u[i])
        p[i] -= rate * delta
    }
}
