import ApusKernelBase
import ApusCore

extension Kernels {
    /// Each element of the result is the sum of its window's elements, each times the product of its weights along the
    /// axes.
    ///
    /// - Parameters:
    ///   - dtype: float32 or float64, of both arrays.
    ///   - x, y: dense [batch, depth, height, width, channels].
    package static func windowSum(
        _ x: UnsafeRawPointer, _ dtype: DType, _ windows: WindowGrid, into y: UnsafeMutableRawPointer
    ) {
        if windows.isEmpty { return }
        withRowType(dtype) {
            sumWindows($0, x, windows, y)
        } _: {
            sumWindows($0, x, windows, y)
        }
    }
}

@inline(__always)
private func sumWindows<T: RowElement & SIMDScalar>(
    _: T.Type, _ x: UnsafeRawPointer, _ windows: WindowGrid, _ y: UnsafeMutableRawPointer
) {
    let x = x.assumingMemoryBound(to: T.self)
    let y = y.assumingMemoryBound(to: T.self)
    switch windows.channels {
    case 16...: sumRows(SIMD16<T>.self, x, windows, y)
    case 8...: sumRows(SIMD8<T>.self, x, windows, y)
    case 4...: sumRows(SIMD4<T>.self, x, windows, y)
    default:
        if windows.width.isIdentity || windows.inputRow >= Int32.max {
            sumRows(SIMD1<T>.self, x, windows, y)
        } else {
            sumNarrowRows(x, windows, y)
        }
    }
}

@inline(__always)
private func sumRows<V: SIMD>(
    _: V.Type, _ x: UnsafePointer<V.Scalar>, _ windows: WindowGrid, _ y: UnsafeMutablePointer<V.Scalar>
) where V.Scalar: RowElement & SIMDScalar {
    let channels = windows.channels
    let results = windows.batch * windows.depth.outputs * windows.height.outputs
    let shares = min(Parallel.evenShares(of: 1), channels / 64)
    if results != 1 || shares < 2 || windows.width.isIdentity {
        return sumRows(V.self, x, windows, y, ofChannels: 0..<channels)
    }
    // The average of a whole image is one row: threads share its channels.
    Parallel.units(shares, cost: windows.depth.inputs * windows.height.inputs * windows.inputRow / shares) {
        let range = (channels * $0 / shares)..<(channels * ($0 + 1) / shares)
        sumRows(V.self, x, windows, y, ofChannels: range)
    }
}

// First the weighted sum of whole rows, then within that row the sum of each window along the width: a window of k × k
// costs 2k products for each element instead of k².
@inline(__always)
private func sumRows<V: SIMD>(
    _: V.Type, _ x: UnsafePointer<V.Scalar>, _ windows: WindowGrid, _ y: UnsafeMutablePointer<V.Scalar>,
    ofChannels range: Range<Int>
) where V.Scalar: RowElement & SIMDScalar {
    let (channels, count) = (windows.channels, range.count)
    let (x, y) = (x + range.lowerBound, y + range.lowerBound)
    let (inputRow, resultRow) = (windows.inputRow, windows.resultRow)
    let (outputs, isWidthKept) = (windows.width.outputs, windows.width.isIdentity)
    let width = WindowPointers<V.Scalar>(windows.width, step: count)
    defer { width.deallocate() }
    windows.forEachRow { rows in
        let target = y + rows.result * resultRow
        let weights = UnsafeMutablePointer<V.Scalar>.allocate(capacity: max(rows.count, 1))
        defer { weights.deallocate() }
        for i in 0..<rows.count {
            rows.rows[i] *= inputRow
            weights[i] = V.Scalar(rows.weights[i])
        }
        if isWidthKept {
            return sumOfRuns(V.self, x, rows.rows, weights, rows.count, target, inputRow)
        }
        let isOneRow = rows.count == 1 && weights[0] == 1 && count == channels
        let inputs = windows.width.inputs
        let scratch = UnsafeMutablePointer<V.Scalar>.allocate(capacity: isOneRow ? 1 : inputs * count)
        defer { scratch.deallocate() }
        var source = x
        if isOneRow {
            source += rows.rows[0]
        } else {
            let (runs, length) = count == channels ? (1, inputRow) : (inputs, count)
            for run in 0..<runs {
                sumOfRuns(
                    V.self, x + run * channels, rows.rows, weights, rows.count, scratch + run * length, length
                )
            }
            source = UnsafePointer(scratch)
        }
        for position in 0..<outputs {
            let first = width.starts[position]
            sumOfRuns(
                V.self, source, width.offsets + first, width.weights + first,
                width.starts[position + 1] - first,
                target + position * channels, count)
        }
    }
}

// With fewer channels than a vector has lanes, a vector holds many windows and gathers one element of each at a time.
// Windows shorter than the longest read the zero that follows the row.
@inline(__always)
private func sumNarrowRows<T: RowElement & SIMDScalar>(
    _ x: UnsafePointer<T>, _ windows: WindowGrid, _ y: UnsafeMutablePointer<T>
) {
    let (channels, longest) = (windows.channels, max(windows.width.longest, 1))
    let (inputRow, resultRow) = (windows.inputRow, windows.resultRow)
    let sources = UnsafeMutablePointer<Int32>.allocate(capacity: max(longest * resultRow, 1))
    let factors = UnsafeMutablePointer<T>.allocate(capacity: max(longest * resultRow, 1))
    defer {
        sources.deallocate()
        factors.deallocate()
    }
    for position in 0..<windows.width.outputs {
        let first = windows.width.starts[position]
        let count = windows.width.starts[position + 1] - first
        for i in 0..<longest {
            for channel in 0..<channels {
                let element = i * resultRow + position * channels + channel
                sources[element] = Int32(
                    i < count ? windows.width.positions[first + i] * channels + channel : inputRow)
                factors[element] = i < count ? T(windows.width.weights[first + i]) : 0
            }
        }
    }
    windows.forEachRow { rows in
        let target = y + rows.result * resultRow
        let sum = UnsafeMutablePointer<T>.allocate(capacity: inputRow + 1)
        defer { sum.deallocate() }
        for i in 0...inputRow { sum[i] = 0 }
        for row in 0..<rows.count {
            let (source, weight) = (x + rows.rows[row] * inputRow, T(rows.weights[row]))
            for i in 0..<inputRow { sum[i] = sum[i].addingProduct(weight, source[i]) }
        }
        for i in 0..<resultRow { target[i] = factors[i] * sum[Int(sources[i])] }
        for entry in 1..<max(longest, 1) {
            let (sources, factors) = (sources + entry * resultRow, factors + entry * resultRow)
            for i in 0..<resultRow {
                target[i] = target[i].addingProduct(factors[i], sum[Int(sources[i])])
            }
        }
    }
}

/// The sum of `count` runs of `length` elements, each at its offset and times its weight. A run must have at least as
/// many elements as a vector.
@inline(__always)
private func sumOfRuns<V: SIMD>(
    _: V.Type, _ x: UnsafePointer<V.Scalar>, _ offsets: UnsafePointer<Int>,
    _ weights: UnsafePointer<V.Scalar>,
    _ count: Int, _ y: UnsafeMutablePointer<V.Scalar>, _ length: Int
) where V.Scalar: RowElement & SIMDScalar {
    if length >= 64 { return sumOfLongRuns(x, offsets, weights, count, y, length) }
    var start = 0
    while start < length {
        let at = min(start, length &- V.scalarCount)
        var sum = V(repeating: 0)
        for i in 0..<count {
            sum = sum.addingProduct(V(repeating: weights[i]), V(at: x + (offsets[i] &+ at)))
        }
        sum.store(at: y + at)
        start &+= V.scalarCount
    }
}

/// The same for at least 64 elements, four vectors at a time.
@inline(__always)
private func sumOfLongRuns<T: RowElement & SIMDScalar>(
    _ x: UnsafePointer<T>, _ offsets: UnsafePointer<Int>, _ weights: UnsafePointer<T>, _ count: Int,
    _ y: UnsafeMutablePointer<T>, _ length: Int
) {
    var start = 0
    while start < length {
        let at = min(start, length &- 64)
        var (a, b) = (SIMD16<T>(repeating: 0), SIMD16<T>(repeating: 0))
        var (c, d) = (a, b)
        for i in 0..<count {
            let source = x + (offsets[i] &+ at)
            let weight = SIMD16<T>(repeating: weights[i])
            a = a.addingProduct(weight, SIMD16(at: source))
            b = b.addingProduct(weight, SIMD16(at: source + 16))
            c = c.addingProduct(weight, SIMD16(at: source + 32))
            d = d.addingProduct(weight, SIMD16(at: source + 48))
        }
        a.store(at: y + at)
        b.store(at: y + (at &+ 16))
        c.store(at: y + (at &+ 32))
        d.store(at: y + (at &+ 48))
        start &+= 64
    }
}
