import ApusKernelBase

// What clipping and averages do with the arrays of many parameters at once.

extension Kernels {
    /// The sum of the squares of the values, in float64. No coefficients or slots.
    package static let sumOfSquares = OptimizerKernel(
        "sumOfSquares", slots: 0, summing: { squareStep($0) }, { squareStep($0) })

    /// p ← factor·p. Coefficient: factor.
    package static let scaleValues = OptimizerKernel(
        "scaleValues", slots: 0, { scaleStep($0) }, { scaleStep($0) })

    /// p ← p between −limit and limit; NaN stays. Coefficient: limit.
    package static let clampValues = OptimizerKernel(
        "clampValues", slots: 0, { clampStep($0) }, { clampStep($0) })

    /// p ← p + weight·(g − p), and g itself where the weight is 1. Coefficient: weight.
    package static let lerpValues = OptimizerKernel(
        "lerpValues", slots: 0, { lerpStep($0) }, { lerpStep($0) })
}

@inline(__always)
private func squareStep<T: RowElement>(_ a: StepElements<T>) -> SIMD2<Double> {
    SIMD2(sumOfSquares(a.values, a.count), 0)
}

/// The sum of the squares of `count` elements, in float64.
@inline(__always)
func sumOfSquares<T: RowElement>(_ p: UnsafePointer<T>, _ count: Int) -> Double {
    typealias Sums = SIMD8<Double>
    var (a, b, c, d) = (Sums.zero, Sums.zero, Sums.zero, Sums.zero)
    let whole = count & ~31
    var i = 0
    while i < whole {
        let (w, x, y, z) = (eight(p + i), eight(p + (i + 8)), eight(p + (i + 16)), eight(p + (i + 24)))
        a.addProduct(w, w)
        b.addProduct(x, x)
        c.addProduct(y, y)
        d.addProduct(z, z)
        i += 32
    }
    var total = ((a + b) + (c + d)).sum()
    while i < count {
        total += Double(p[i]) * Double(p[i])
        i += 1
    }
    return total
}

/// Eight elements as float64. Written out, it is one instruction; lanes that a loop sets go through memory.
@inline(__always)
private func eight<T: RowElement>(_ p: UnsafePointer<T>) -> SIMD8<Double> {
    SIMD8(
        Double(p[0]), Double(p[1]), Double(p[2]), Double(p[3]), Double(p[4]), Double(p[5]), Double(p[6]),
        Double(p[7]))
}

@inline(__always)
private func scaleStep<T: RowElement>(_ a: StepElements<T>) {
    let (p, factor) = (a.values, a[0])
    for i in 0..<a.count { p[i] *= factor }
}

@inline(__always)
private func clampStep<T: RowElement>(_ a: StepElements<T>) {
    let (p, limit) = (a.values, a[0])
    for i in 0..<a.count {
        let low = T.select(p[i] < -limit, -limit, p[i])
        p[i] = T.select(low > limit, limit, low)
    }
}

@inline(__always)
private func lerpStep<T: RowElement>(_ a: StepElements<T>) {
    let (p, g, weight) = (a.values, a.gradient, a[0])
    if weight == 1 {
        for i in 0..<a.count { p[i] = g[i] }
    } else {
        for i in 0..<a.count { p[i] = p[i].addingProduct(weight, g[i] - p[i]) }
    }
}
