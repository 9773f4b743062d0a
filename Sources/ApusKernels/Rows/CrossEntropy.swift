import ApusKernelBase
import ApusCore
import CProcessor

extension Kernels {
    /// The cross-entropy of each row of logits with its class.
    ///
    /// - Parameters:
    ///   - x: `rows` × `length` logits, float32 or float64, and `tops` and `logSums` of them as
    ///     `logSumExp` gives them.
    ///   - smoothing: the share of the target that is spread over all classes.
    ///   - losses: one for each row; zero for rows of the class `ignored`.
    /// - Returns: the first row whose class is none of `length`, or nil.
    package static func crossEntropy(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, classes: UnsafePointer<Int64>,
        tops: UnsafeRawPointer, logSums: UnsafeRawPointer, ignored: Int, smoothing: Double,
        losses: UnsafeMutableRawPointer
    ) -> Int? {
        for row in 0..<rows where classes[row] != ignored && (classes[row] < 0 || classes[row] >= length) {
            return row
        }
        withRowType(dtype) {
            lossesOf($0, x, rows, length, classes, tops, logSums, ignored, smoothing, losses)
        } _: {
            lossesOf($0, x, rows, length, classes, tops, logSums, ignored, smoothing, losses)
        }
        return nil
    }

    /// The gradient of the logits: each row of the softmax less the target, times the row's weight.
    package static func crossEntropyGradient(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, classes: UnsafePointer<Int64>,
        tops: UnsafeRawPointer, logSums: UnsafeRawPointer, ignored: Int, smoothing: Double,
        weights: UnsafeRawPointer, into result: UnsafeMutableRawPointer
    ) {
        withRowType(dtype) {
            gradientOf($0, x, rows, length, classes, tops, logSums, ignored, smoothing, weights, result)
        } _: {
            gradientOf($0, x, rows, length, classes, tops, logSums, ignored, smoothing, weights, result)
        }
    }
}

@inline(__always)
private func lossesOf<T: RowElement>(
    _: T.Type, _ x: UnsafeRawPointer, _ rows: Int, _ length: Int, _ classes: UnsafePointer<Int64>,
    _ tops: UnsafeRawPointer, _ logSums: UnsafeRawPointer, _ ignored: Int, _ smoothing: Double,
    _ losses: UnsafeMutableRawPointer
) {
    let x = x.assumingMemoryBound(to: T.self)
    let tops = tops.assumingMemoryBound(to: T.self)
    let logSums = logSums.assumingMemoryBound(to: T.self)
    let losses = losses.assumingMemoryBound(to: T.self)
    let smoothed = T(smoothing)
    forEachRow(rows, smoothing == 0 ? 1 : length) { row in
        if classes[row] == ignored {
            losses[row] = 0
            return
        }
        let (x, top) = (x + row * length, tops[row])
        if logSums[row] == T.infinity {
            losses[row] = lossOfInfinite(x, length, Int(classes[row]), smoothed)
            return
        }
        // top - x comes first: added to a large logit, the logarithm would be lost to rounding.
        var loss = (top - x[Int(classes[row])]) + logSums[row]
        if smoothed != 0 {
            let mean = foldRow(x, length, 0, { top - $0 }, { $0 + $1 }) / T(length) + logSums[row]
            loss = loss * (1 - smoothed) + mean * smoothed
        }
        losses[row] = loss
    }
}

@inline(__always)
private func gradientOf<T: RowElement>(
    _: T.Type, _ x: UnsafeRawPointer, _ rows: Int, _ length: Int, _ classes: UnsafePointer<Int64>,
    _ tops: UnsafeRawPointer, _ logSums: UnsafeRawPointer, _ ignored: Int, _ smoothing: Double,
    _ weights: UnsafeRawPointer, _ result: UnsafeMutableRawPointer
) {
    let x = x.assumingMemoryBound(to: T.self)
    let tops = tops.assumingMemoryBound(to: T.self)
    let logSums = logSums.assumingMemoryBound(to: T.self)
    let weights = weights.assumingMemoryBound(to: T.self)
    let result = result.assumingMemoryBound(to: T.self)
    let smoothed = T(smoothing)
    let share = length == 0 ? 0 : smoothed / T(length)
    if length >= 256 {
        gradientOfLongRows(
            x, rows, length, classes, tops, logSums, ignored, smoothed, share, weights, result)
        return
    }
    let rowsPerUnit = max(1, 4096 / max(length, 1))
    Parallel.units((rows + rowsPerUnit - 1) / rowsPerUnit, cost: rowsPerUnit * length) { unit in
        let range = (unit * rowsPerUnit)..<min((unit + 1) * rowsPerUnit, rows)
        // Differences first, then one loop of exponentials over all rows of the unit: short rows
        // would leave most lanes of their own loop empty.
        let first = result + range.lowerBound * length
        for row in range {
            let (x, result) = (x + row * length, result + row * length)
            let (top, logSum) = (tops[row], logSums[row])
            for i in 0..<length { result[i] = x[i] - top - logSum }
        }
        for i in 0..<(range.count * length) { first[i] = T.exponential(first[i]) }
        for row in range {
            let result = result + row * length
            if classes[row] == ignored {
                for i in 0..<length { result[i] = 0 }
                continue
            }
            let weight = weights[row]
            if logSums[row] == T.infinity {
                let equal = 1 / T(countInfinite(x + row * length, length))
                let x = x + row * length
                for i in 0..<length { result[i] = x[i] == T.infinity ? equal : 0 }
            }
            for i in 0..<length { result[i] = weight * (result[i] - share) }
            result[Int(classes[row])] -= weight * (1 - smoothed)
        }
    }
}

/// Each element is read once and written once, by way of scratch memory where the result is streamed.
@inline(__always)
private func gradientOfLongRows<T: RowElement>(
    _ x: UnsafePointer<T>, _ rows: Int, _ length: Int, _ classes: UnsafePointer<Int64>,
    _ tops: UnsafePointer<T>, _ logSums: UnsafePointer<T>, _ ignored: Int, _ smoothed: T, _ share: T,
    _ weights: UnsafePointer<T>, _ result: UnsafeMutablePointer<T>
) {
    let size = MemoryLayout<T>.stride
    let streams = rows * length * size >= streamedBytes
    let block = streams ? 2048 : length
    Parallel.units(rows, cost: length) { row in
        let (top, logSum, weight) = (tops[row], logSums[row], weights[row])
        let isIgnored = classes[row] == ignored
        let isInfinite = logSum == T.infinity
        let equal = isInfinite ? 1 / T(countInfinite(x + row * length, length)) : 0
        withUnsafeTemporaryAllocation(byteCount: streams ? block * size : 1, alignment: 64) { scratch in
            let scratch = scratch.baseAddress!.assumingMemoryBound(to: T.self)
            var start = 0
            while start < length {
                let n = min(block, length - start)
                let (x, target) = (x + row * length + start, result + row * length + start)
                let y = streams ? scratch : target
                if isIgnored {
                    for i in 0..<n { y[i] = 0 }
                } else {
                    if isInfinite {
                        for i in 0..<n { y[i] = weight * ((x[i] == T.infinity ? equal : 0) - share) }
                    } else {
                        for i in 0..<n { y[i] = weight * (T.exponential(x[i] - top - logSum) - share) }
                    }
                    let own = Int(classes[row]) - start
                    if own >= 0 && own < n { y[own] -= weight * (1 - smoothed) }
                }
                if streams { streamBytes(y, to: target, n * size) }
                start += n
            }
            if streams { apus_stream_fence() }
        }
    }
}

@inline(__always)
private func countInfinite<T: RowElement>(_ x: UnsafePointer<T>, _ length: Int) -> Int {
    var count = 0
    for i in 0..<length where x[i] == T.infinity { count += 1 }
    return count
}

/// The loss of a row with logits of +∞, which share the probability.
@inline(__always)
private func lossOfInfinite<T: RowElement>(
    _ x: UnsafePointer<T>, _ length: Int, _ own: Int, _ smoothed: T
) -> T {
    let count = countInfinite(x, length)
    let isCertain = x[own] == T.infinity && (smoothed == 0 || count == length)
    return isCertain ? T.logarithm(T(count)) : T.infinity
}
