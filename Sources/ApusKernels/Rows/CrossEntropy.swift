import ApusKernelBase
import ApusCore

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
            for i in 0..<length { result[i] = weight * (result[i] - share) }
            result[Int(classes[row])] -= weight * (1 - smoothed)
        }
    }
}
