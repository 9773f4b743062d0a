import ApusKernelBase
import ApusCore
import Synchronization

extension Kernels {
    /// The softmax over the middle axis of `split`, or its logarithm.
    ///
    /// - Parameter dtype: float32 or float64; both operands are contiguous.
    package static func softmax(
        _ x: UnsafeRawPointer, into y: UnsafeMutableRawPointer, _ dtype: DType, _ split: AxisSplit,
        logarithm: Bool
    ) {
        if split.isEmpty { return }
        withRowType(dtype) {
            softmaxOf($0, x, y, split, logarithm)
        } _: {
            softmaxOf($0, x, y, split, logarithm)
        }
    }

    /// The gradient of the input of a softmax, or of its logarithm, from its result's and its result.
    ///
    /// - Returns: whether the sums over the axis, Σ g y or of the logarithm Σ g, are all finite.
    @discardableResult
    package static func softmaxGradient(
        _ gradient: UnsafeRawPointer, _ y: UnsafeRawPointer, into result: UnsafeMutableRawPointer,
        _ dtype: DType, _ split: AxisSplit, logarithm: Bool
    ) -> Bool {
        if split.isEmpty { return true }
        let overflows = Atomic(false)
        withRowType(dtype) {
            softmaxGradientOf($0, gradient, y, result, split, logarithm, overflows)
        } _: {
            softmaxGradientOf($0, gradient, y, result, split, logarithm, overflows)
        }
        return !overflows.load(ordering: .relaxed)
    }
}

@inline(__always)
private func softmaxOf<T: RowElement>(
    _: T.Type, _ x: UnsafeRawPointer, _ y: UnsafeMutableRawPointer, _ split: AxisSplit, _ logarithm: Bool
) {
    let x = UnsafeMutablePointer(mutating: x.assumingMemoryBound(to: T.self))
    let y = y.assumingMemoryBound(to: T.self)
    let length = split.length
    if split.inner == 1 && length >= shortRow {
        forEachRow(split.outer, length) { row in
            let (x, y) = (x + row * length, y + row * length)
            let top = rowMaximum(x, length)
            if logarithm {
                let logSum = T.logarithm(rowExp(x, top, nil, length))
                for i in 0..<length { y[i] = x[i] - top - logSum }
            } else {
                let scale = 1 / rowExp(x, top, y, length)
                for i in 0..<length { y[i] *= scale }
            }
            if top == T.infinity { shareAmongInfinite(x, y, length, stride: 1, logarithm) }
        }
        return
    }
    forEachLanes(split, [x, y], written: 1) { operands, stride, lanes, _ in
        let (x, y) = (operands[0], operands[1])
        withUnsafeTemporaryAllocation(of: T.self, capacity: 2 * laneTile) { scratch in
            let (top, sum) = (scratch.baseAddress!, scratch.baseAddress! + laneTile)
            lanesMaximum(x, length, stride, lanes, top)
            lanesExp(x, length, stride, lanes, top, sum, logarithm ? nil : y)
            if logarithm {
                for lane in 0..<lanes { sum[lane] = T.logarithm(sum[lane]) }
                for i in 0..<length {
                    let (x, y) = (x + i * stride, y + i * stride)
                    for lane in 0..<lanes { y[lane] = x[lane] - top[lane] - sum[lane] }
                }
            } else {
                for lane in 0..<lanes { sum[lane] = 1 / sum[lane] }
                for i in 0..<length {
                    let y = y + i * stride
                    for lane in 0..<lanes { y[lane] *= sum[lane] }
                }
            }
            for lane in 0..<lanes where top[lane] == T.infinity {
                shareAmongInfinite(x + lane, y + lane, length, stride: stride, logarithm)
            }
        }
    }
}

/// The softmax where there are elements of +∞, which share it alike, or its logarithm; NaN where one is NaN.
@inline(never)
private func shareAmongInfinite<T: RowElement>(
    _ x: UnsafeMutablePointer<T>, _ y: UnsafeMutablePointer<T>, _ length: Int, stride: Int, _ logarithm: Bool
) {
    var count = 0
    for i in 0..<length {
        if x[i * stride].isNaN { return }
        if x[i * stride] == T.infinity { count += 1 }
    }
    let share = logarithm ? -T.logarithm(T(count)) : 1 / T(count)
    for i in 0..<length { y[i * stride] = x[i * stride] == T.infinity ? share : logarithm ? -T.infinity : 0 }
}

/// The largest element of each lane; NaN is passed over.
@inline(__always)
func lanesMaximum<T: RowElement>(
    _ x: UnsafeMutablePointer<T>, _ length: Int, _ stride: Int, _ lanes: Int, _ top: UnsafeMutablePointer<T>
) {
    for lane in 0..<lanes { top[lane] = -T.infinity }
    for i in 0..<length {
        let x = x + i * stride
        for lane in 0..<lanes { top[lane] = x[lane] > top[lane] ? x[lane] : top[lane] }
    }
}

/// Sums `exp(x - top)` in each lane, and writes the terms to `y` where that is given.
@inline(__always)
func lanesExp<T: RowElement>(
    _ x: UnsafeMutablePointer<T>, _ length: Int, _ stride: Int, _ lanes: Int, _ top: UnsafeMutablePointer<T>,
    _ sum: UnsafeMutablePointer<T>, _ y: UnsafeMutablePointer<T>?
) {
    for lane in 0..<lanes { sum[lane] = 0 }
    for i in 0..<length {
        let x = x + i * stride
        if let y {
            let y = y + i * stride
            for lane in 0..<lanes {
                let value = T.exponential(x[lane] - top[lane])
                y[lane] = value
                sum[lane] += value
            }
        } else {
            for lane in 0..<lanes { sum[lane] += T.exponential(x[lane] - top[lane]) }
        }
    }
}

// softmax: y (g - Σ g y); its logarithm: g - exp(y) Σ g.
@inline(__always)
private func softmaxGradientOf<T: RowElement>(
    _: T.Type, _ g: UnsafeRawPointer, _ y: UnsafeRawPointer, _ result: UnsafeMutableRawPointer,
    _ split: AxisSplit, _ logarithm: Bool, _ overflows: borrowing Atomic<Bool>
) {
    let g = UnsafeMutablePointer(mutating: g.assumingMemoryBound(to: T.self))
    let y = UnsafeMutablePointer(mutating: y.assumingMemoryBound(to: T.self))
    let result = result.assumingMemoryBound(to: T.self)
    let length = split.length
    if split.inner == 1 && length >= shortRow {
        forEachRow(split.outer, length) { row in
            let (g, y, result) = (g + row * length, y + row * length, result + row * length)
            if logarithm {
                let sum = foldRow(g, length, 0, { $0 }, { $0 + $1 })
                mapRows(g, y, result, length) { $0 - T.exponential($1) * sum }
                if !sum.isFinite { overflows.store(true, ordering: .relaxed) }
            } else {
                let sum = sumRows(g, y, length) { $0 * $1 }
                mapRows(g, y, result, length) { $1 * ($0 - sum) }
                if !sum.isFinite { overflows.store(true, ordering: .relaxed) }
            }
        }
        return
    }
    forEachLanes(split, [g, y, result], written: 1) { operands, stride, lanes, _ in
        let (g, y, result) = (operands[0], operands[1], operands[2])
        withUnsafeTemporaryAllocation(of: T.self, capacity: laneTile) { sum in
            let sum = sum.baseAddress!
            for lane in 0..<lanes { sum[lane] = 0 }
            for i in 0..<length {
                let (g, y) = (g + i * stride, y + i * stride)
                if logarithm {
                    for lane in 0..<lanes { sum[lane] += g[lane] }
                } else {
                    for lane in 0..<lanes { sum[lane] += g[lane] * y[lane] }
                }
            }
            for i in 0..<length {
                let (g, y, result) = (g + i * stride, y + i * stride, result + i * stride)
                if logarithm {
                    for lane in 0..<lanes { result[lane] = g[lane] - T.exponential(y[lane]) * sum[lane] }
                } else {
                    for lane in 0..<lanes { result[lane] = y[lane] * (g[lane] - sum[lane]) }
                }
            }
            for lane in 0..<lanes where !sum[lane].isFinite { overflows.store(true, ordering: .relaxed) }
        }
    }
}
