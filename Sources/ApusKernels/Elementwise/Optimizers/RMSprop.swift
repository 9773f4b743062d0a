import ApusKernelBase

extension Kernels {
    /// RMSprop (Tieleman & Hinton 2012): g ← s·g + decay·p, v ← αv + (1−α)g², p ← p − rate·g/(√v + ε).
    ///
    /// Coefficients of all four: s, decay, α, rate, ε, momentum. Slot: v.
    package static let rmsprop = OptimizerKernel("rmsprop", slots: 1, { plainStep($0) }, { plainStep($0) })

    /// With momentum: b ← momentum·b + g/(√v + ε), p ← p − rate·b. Slots: v, b.
    package static let rmspropMomentum = OptimizerKernel(
        "rmspropMomentum", slots: 2, { momentumStep($0) }, { momentumStep($0) })

    /// Centred (Graves 2013): v − m², with m ← αm + (1−α)g, takes the place of v under the root. Slots: v, m.
    package static let rmspropCentered = OptimizerKernel(
        "rmspropCentered", slots: 2, { centeredStep($0) }, { centeredStep($0) })

    /// Centred and with momentum. Slots: v, m, b.
    package static let rmspropCenteredMomentum = OptimizerKernel(
        "rmspropCenteredMomentum", slots: 3, { centeredMomentumStep($0) }, { centeredMomentumStep($0) })
}

@inline(__always)
private func plainStep<T: RowElement>(_ a: StepElements<T>) {
    let (p, g, v) = (a.values, a.gradient, a.slot(0))
    let (sign, decay, alpha, rate, epsilon) = (a[0], a[1], a[2], a[3], a[4])
    let rest = a.rest(2)
    for i in 0..<a.count {
        let gradient = (sign * g[i]).addingProduct(decay, p[i])
        let square = (rest * gradient * gradient).addingProduct(alpha, v[i])
        v[i] = square
        p[i] -= rate * gradient / (square.squareRoot() + epsilon)
    }
}

@inline(__always)
private func momentumStep<T: RowElement>(_ a: StepElements<T>) {
    let (p, g, v, b) = (a.values, a.gradient, a.slot(0), a.slot(1))
    let (sign, decay, alpha, rate, epsilon, momentum) = (a[0], a[1], a[2], a[3], a[4], a[5])
    let rest = a.rest(2)
    for i in 0..<a.count {
        let gradient = (sign * g[i]).addingProduct(decay, p[i])
        let square = (rest * gradient * gradient).addingProduct(alpha, v[i])
        let velocity = (gradient / (square.squareRoot() + epsilon)).addingProduct(momentum, b[i])
        v[i] = square
        b[i] = velocity
        p[i] -= rate * velocity
    }
}

@inline(__always)
private func centeredStep<T: RowElement>(_ a: StepElements<T>) {
    let (p, g, v, m) = (a.values, a.gradient, a.slot(0), a.slot(1))
    let (sign, decay, alpha, rate, epsilon) = (a[0], a[1], a[2], a[3], a[4])
    let rest = a.rest(2)
    for i in 0..<a.count {
        let gradient = (sign * g[i]).addingProduct(decay, p[i])
        let square = (rest * gradient * gradient).addingProduct(alpha, v[i])
        let mean = (rest * gradient).addingProduct(alpha, m[i])
        v[i] = square
        m[i] = mean
        p[i] -= rate * gradient / ((square - mean * mean).squareRoot() + epsilon)
    }
}

@inline(__always)
private func centeredMomentumStep<T: RowElement>(_ a: StepElements<T>) {
    let (p, g, v, m, b) = (a.values, a.gradient, a.slot(0), a.slot(1), a.slot(2))
    let (sign, decay, alpha, rate, epsilon, momentum) = (a[0], a[1], a[2], a[3], a[4], a[5])
    let rest = a.rest(2)
    for i in 0..<a.count {
        let gradient = (sign * g[i]).addingProduct(decay, p[i])
        let square = (rest * gradient * gradient).addingProduct(alpha, v[i])
        let mean = (rest * gradient).addingProduct(alpha, m[i])
        let deviation = (square - mean * mean).squareRoot()
        let velocity = (gradient / (deviation + epsilon)).addingProduct(momentum, b[i])
        v[i] = square
        m[i] = mean
        b[i] = velocity
        p[i] -= rate * velocity
    }
}
