import ApusKernelBase

/// How to transform one long sequence of N = n₁·n₂ points with vectors (the four-step way, Bailey 1990): the
/// columns of the matrix [n₁, n₂], as many as a vector has lanes at a time; a twiddle factor for each
/// element; then the rows, transposed in registers so that their numbers fill the lanes.
final class RowPlan<V: LaneVector>: @unchecked Sendable {
    typealias Scalar = V.Scalar

    let length: Int
    let columns: LanePlan<V>
    let rows: LanePlan<V>
    /// exp(-2πi·k₁j₂/N): for each block of columns, each k₁ a vector of real parts and one of imaginary parts.
    let twiddles: UnsafeMutablePointer<V>
    /// exp(-πi·k/N) for k in 0...N/2 and beyond to a whole vector: real parts, then imaginary parts.
    let roots: UnsafeMutablePointer<Scalar>
    let rootStride: Int

    /// Nil where the length has no such factors.
    static func of(_ n: Int) -> RowPlan? { factors(n) == nil ? nil : plan(n) { RowPlan(n) } }

    private init(_ n: Int) {
        length = n
        let (n1, n2) = RowPlan.factors(n)!
        columns = .of(n1)
        rows = .of(n2)
        let lanes = V.scalarCount
        let blocks = (n2 + lanes - 1) / lanes
        twiddles = .allocate(capacity: 2 * blocks * n1)
        for block in 0..<blocks {
            let first = min(block * lanes, n2 - lanes)
            for k in 0..<n1 {
                var (re, im) = (V.zero, V.zero)
                for lane in 0..<lanes {
                    let root = unitRoot(k * (first + lane) % n, n)
                    re[lane] = Scalar(root.re)
                    im[lane] = Scalar(root.im)
                }
                twiddles[2 * (block * n1 + k)] = re
                twiddles[2 * (block * n1 + k) + 1] = im
            }
        }
        rootStride = n / 2 + 1 + lanes
        roots = .allocate(capacity: 2 * rootStride)
        for k in 0..<rootStride {
            let root = unitRoot(k, 2 * n)
            roots[k] = Scalar(root.re)
            roots[rootStride + k] = Scalar(root.im)
        }
    }

    deinit {
        twiddles.deallocate()
        roots.deallocate()
    }

    /// The factors that waste the fewest lanes, both at least a vector long, and are nearest to each other;
    /// nil where there are none.
    private static func factors(_ n: Int) -> (Int, Int)? {
        let lanes = V.scalarCount
        if n < lanes * lanes || !isSmooth(n) { return nil }
        var (best, bestCost): ((Int, Int)?, Double) = (nil, .infinity)
        var a = lanes
        while a * lanes <= n {
            if n % a == 0 {
                let b = n / a
                func waste(_ m: Int) -> Double { Double((m + lanes - 1) / lanes * lanes) / Double(m) }
                let cost = waste(a) + waste(b) + 0.02 * Double(max(a, b)) / Double(min(a, b))
                if cost < bestCost { (best, bestCost) = ((a, b), cost) }
            }
            a += 1
        }
        return best
    }
}
