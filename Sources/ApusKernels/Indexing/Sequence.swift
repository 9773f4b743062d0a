import ApusKernelBase
import ApusCore

private let blockLength = 512

/// Writes `value(i)` for each `i` in `0..<count`, converted from float64 to `dtype`.
///
/// - Parameter form: how element `i` comes about.
package func writeSequence(
    _ form: SequenceForm, _ result: UnsafeMutableRawPointer, _ dtype: DType, _ count: Int
) {
    switch form {
    case .integers(let start, let step):
        write(result, dtype, count, .int64, Int64.self) { Int64(start &+ $0 &* step) }
    case .steps(let start, let step):
        write(result, dtype, count, .float64, Double.self) {
            $0 == 0 ? start : start.addingProduct(Double($0), step)
        }
    case .between(let start, let end):
        // From the nearer end, so that both ends are exact and the middle symmetric.
        let (span, steps) = (end - start, Double(count - 1))
        let step = count < 2 ? 0 : span.isFinite ? span / steps : end / steps - start / steps
        let half = count > 1 ? count / 2 : count
        write(result, dtype, count, .float64, Double.self) { i in
            if i == 0 { return start }
            if i == count - 1 { return end }
            return i < half
                ? start.addingProduct(Double(i), step) : end.addingProduct(Double(i - (count - 1)), step)
        }
    }
}

@inline(__always)
private func write<E>(
    _ result: UnsafeMutableRawPointer, _ dtype: DType, _ count: Int, _ exact: DType, _: E.Type,
    _ value: (Int) -> E
) {
    Parallel.ranges(count, grain: 16_384) { range in
        withUnsafeTemporaryAllocation(of: E.self, capacity: blockLength) { block in
            let block = block.baseAddress!
            var at = range.lowerBound
            while at < range.upperBound {
                let n = min(blockLength, range.upperBound - at)
                for i in 0..<n { block[i] = value(at &+ i) }
                convert(block, exact, to: result + at * dtype.size, dtype, n)
                at += n
            }
        }
    }
}
