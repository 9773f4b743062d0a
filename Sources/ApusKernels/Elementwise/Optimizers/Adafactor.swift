import ApusKernelBase

extension Kernels {
    /// The sum of u² with u = g/√max(R·C, ε), where R has a number for each row of the last two axes and C one for each
    /// column (Shazeer & Stern 2018).
    ///
    /// Coefficients of both: columns, rows of each matrix, ε, keep, rate. Slots: R, C.
    package static let adafactorSquares = OptimizerKernel(
        "adafactorSquares", slots: 2, summing: { squareStep($0) }, { squareStep($0) })

    /// p ← keep·p − rate·u.
    package static let adafactorApply = OptimizerKernel(
        "adafactorApply", slots: 2, { applyStep($0) }, { applyStep($0) })
}

/// Calls `body` with each stretch of a row in a piece: where it begins there, its length, its R, and its C's.
@inline(__always)
private func eachRow<T: RowElement>(
    _ a: StepElements<T>, _ body: (_ start: Int, _ length: Int, _ row: T, _ columns: UnsafePointer<T>) -> Void
) {
    let (columns, rows) = (a.whole(0), a.whole(1))
    let (r, c) = (a.wholeSlot(0), a.wholeSlot(1))
    var i = 0
    while i < a.count {
        let (row, column) = (a.first + i).quotientAndRemainder(dividingBy: columns)
        let length = min(columns - column, a.count - i)
        body(i, length, r[row], UnsafePointer(c + (row / rows * columns + column)))
        i += length
    }
}

@inline(__always)
private func squareStep<T: RowElement>(_ a: StepElements<T>) -> SIMD2<Double> {
    let (g, epsilon) = (a.gradient, a[2])
    // Steps are kept for a moment, since a loop that adds up does not vectorise with a root in it.
    let most = 1024
    return withUnsafeTemporaryAllocation(of: T.self, capacity: most) { steps in
        let u = steps.baseAddress!
        var total = 0.0
        eachRow(a) { start, length, row, columns in
            for first in stride(from: 0, to: length, by: most) {
                let count = min(most, length - first)
                for k in 0..<count {
                    let estimate = row * columns[first + k]
                    let root = T.select(estimate < epsilon, epsilon, estimate).squareRoot()
                    u[k] = g[start + first + k] / root
                }
                total += sumOfSquares(u, count)
            }
        }
        return SIMD2(total, 0)
    }
}

@inline(__always)
private func applyStep<T: RowElement>(_ a: StepElements<T>) {
    let (p, g) = (a.values, a.gradient)
    let (epsilon, keep, rate) = (a[2], a[3], a[4])
    eachRow(a) { start, length, row, columns in
        for k in 0..<length {
            let estimate = row * columns[k]
            let root = T.select(estimate < epsilon, epsilon, estimate).squareRoot()
            p[start + k] = keep * p[start + k] - rate * g[start + k] / root
        }
    }
}
