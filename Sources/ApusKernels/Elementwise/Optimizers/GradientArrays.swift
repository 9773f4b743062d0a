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
    var sums = (SIMD16<Double>.zero, SIMD16<Double>.zero)
    let whole = count & ~31
    var i = 0
    while i < whole {
        for lane in 0..<16 {
            let (x, y) = (Double(p[i + lane]), Double(p[i + lane + 16]))
            sums.0[lane] = sums.0[lane].addingProduct(x, x)
            sums.1[lane] = sums.1[lane].addingProduct(y, y)
        }
        i += 32
    }
    var total = (sums.0 + sums.1).sum()
    while i < count {
        total += Double(p[i]) * Double(p[i])
        i += 1
    }
    return total
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
