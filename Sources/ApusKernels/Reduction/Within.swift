import ApusKernelBase
import ApusCore

/// The elements that one unit of work compares.
private let piece = 16_384

extension Kernels {
    /// Whether all of `count` contiguous elements lie in `range`; NaN does not.
    ///
    /// - Parameters:
    ///   - dtype: float32 or float64.
    ///   - orZero: whether 0 is allowed too.
    package static func areWithin(
        _ x: UnsafeRawPointer, _ dtype: DType, count: Int, _ range: ClosedRange<Double>, orZero: Bool
    ) -> Bool {
        if count <= piece {
            var isWithin = true
            withRowType(dtype) {
                isWithin = liesWithin($0, x, 0, count, range, orZero)
            } _: {
                isWithin = liesWithin($0, x, 0, count, range, orZero)
            }
            return isWithin
        }
        let pieces = (count + piece - 1) / piece
        return withUnsafeTemporaryAllocation(of: Bool.self, capacity: pieces) { results in
            let results = results.baseAddress!
            Parallel.units(pieces, cost: piece) { unit in
                let (start, n) = (unit * piece, Swift.min(piece, count - unit * piece))
                results[unit] = true
                withRowType(dtype) {
                    results[unit] = liesWithin($0, x, start, n, range, orZero)
                } _: {
                    results[unit] = liesWithin($0, x, start, n, range, orZero)
                }
            }
            for unit in 0..<pieces where !results[unit] { return false }
            return true
        }
    }
}

@inline(__always)
private func liesWithin<T: RowElement>(
    _: T.Type, _ x: UnsafeRawPointer, _ start: Int, _ count: Int, _ range: ClosedRange<Double>, _ orZero: Bool
) -> Bool {
    let x = x.assumingMemoryBound(to: T.self) + start
    let (low, high) = (T(range.lowerBound), T(range.upperBound))
    var outside = 0
    if orZero {
        for i in 0..<count { outside &+= (x[i] >= low && x[i] <= high) || x[i] == 0 ? 0 : 1 }
    } else {
        for i in 0..<count { outside &+= x[i] >= low && x[i] <= high ? 0 : 1 }
    }
    return outside == 0
}
