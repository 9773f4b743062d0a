import ApusKernelBase
import ApusCore

extension Kernels {
    /// For each lane of the middle axis of `split`: the maximum, and log Σ exp(x - maximum).
    ///
    /// - Parameters:
    ///   - dtype: float32 or float64.
    ///   - tops, logSums: `outer` × `inner` results each. A maximum that is infinite is given as zero.
    package static func logSumExp(
        _ x: UnsafeRawPointer, _ dtype: DType, _ split: AxisSplit, tops: UnsafeMutableRawPointer,
        logSums: UnsafeMutableRawPointer
    ) {
        if split.isEmpty { return }
        withRowType(dtype) {
            logSumExpOf($0, x, split, tops, logSums)
        } _: {
            logSumExpOf($0, x, split, tops, logSums)
        }
    }
}

@inline(__always)
private func logSumExpOf<T: RowElement>(
    _: T.Type, _ x: UnsafeRawPointer, _ split: AxisSplit, _ tops: UnsafeMutableRawPointer,
    _ logSums: UnsafeMutableRawPointer
) {
    let x = UnsafeMutablePointer(mutating: x.assumingMemoryBound(to: T.self))
    let tops = tops.assumingMemoryBound(to: T.self)
    let logSums = logSums.assumingMemoryBound(to: T.self)
    let length = split.length
    if split.inner == 1 && length >= shortRow {
        forEachRow(split.outer, length) { row in
            let top = finite(rowMaximum(x + row * length, length))
            tops[row] = top
            logSums[row] = T.logarithm(rowExp(x + row * length, top, nil, length))
        }
        return
    }
    forEachLanes(split, [x], written: 0) { operands, stride, lanes, first in
        let top = tops + first
        let sum = logSums + first
        lanesMaximum(operands[0], length, stride, lanes, top)
        for lane in 0..<lanes { top[lane] = finite(top[lane]) }
        lanesExp(operands[0], length, stride, lanes, top, sum, nil)
        for lane in 0..<lanes { sum[lane] = T.logarithm(sum[lane]) }
    }
}

/// The shift, or 0 for an infinite one: ∞ - ∞ would be NaN, and without a shift the exponentials are right.
@inline(__always)
private func finite<T: RowElement>(_ top: T) -> T { top - top == 0 ? top : 0 }
