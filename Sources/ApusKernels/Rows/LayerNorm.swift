import ApusKernelBase
import ApusCore

extension Kernels {
    /// Each row less its mean, over its standard deviation, times a weight and plus a bias for each position.
    ///
    /// - Parameters:
    ///   - dtype: float32 or float64, of all operands; all are contiguous.
    ///   - weight, bias: `length` elements; nil is ones and zeros.
    ///   - means, scales: each row's mean and 1 / √(variance + ε), for the gradient.
    package static func layerNorm(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, weight: UnsafeRawPointer?,
        bias: UnsafeRawPointer?, epsilon: Double, into y: UnsafeMutableRawPointer,
        means: UnsafeMutableRawPointer, scales: UnsafeMutableRawPointer
    ) {
        if rows == 0 || length == 0 { return }
        withRowType(dtype) {
            layerNormOf($0, x, rows, length, weight, bias, epsilon, y, means, scales)
        } _: {
            layerNormOf($0, x, rows, length, weight, bias, epsilon, y, means, scales)
        }
    }

    /// The gradients of `layerNorm`'s input and, where asked for, of its weight and bias.
    package static func layerNormGradient(
        _ gradient: UnsafeRawPointer, _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int,
        weight: UnsafeRawPointer?, means: UnsafeRawPointer, scales: UnsafeRawPointer,
        ofInput: UnsafeMutableRawPointer, ofWeight: UnsafeMutableRawPointer?,
        ofBias: UnsafeMutableRawPointer?
    ) {
        if length == 0 { return }
        withRowType(dtype) {
            layerNormGradientOf(
                $0, gradient, x, rows, length, weight, means, scales, ofInput, ofWeight, ofBias)
        } _: {
            layerNormGradientOf(
                $0, gradient, x, rows, length, weight, means, scales, ofInput, ofWeight, ofBias)
        }
    }
}

@inline(__always)
private func layerNormOf<T: MomentElement>(
    _: T.Type, _ x: UnsafeRawPointer, _ rows: Int, _ length: Int, _ weight: UnsafeRawPointer?,
    _ bias: UnsafeRawPointer?, _ epsilon: Double, _ y: UnsafeMutableRawPointer,
    _ means: UnsafeMutableRawPointer, _ scales: UnsafeMutableRawPointer
) {
    let x = x.assumingMemoryBound(to: T.self)
    let y = y.assumingMemoryBound(to: T.self)
    let means = means.assumingMemoryBound(to: T.self)
    let scales = scales.assumingMemoryBound(to: T.self)
    let weight = weight?.assumingMemoryBound(to: T.self)
    let bias = bias?.assumingMemoryBound(to: T.self)
    if length < shortRow {
        // Each of sixteen rows a lane.
        let split = AxisSplit(outer: rows, length: length, inner: 1)
        forEachLanes(split, [UnsafeMutablePointer(mutating: x), y], written: 1) {
            operands, stride, lanes, first in
            layerNormOfLanes(
                operands[0], operands[1], length, stride, lanes, weight, bias, T(epsilon), means + first,
                scales + first)
        }
        return
    }
    forEachRow(rows, length, into: y) { row, y in
        let x = x + row * length
        let (mean, squares) = T.rowMoments(x, length)
        let scale = 1 / (squares / T(length) + T(epsilon)).squareRoot()
        means[row] = mean
        scales[row] = scale
        if let weight, let bias {
            for i in 0..<length { y[i] = bias[i].addingProduct((x[i] - mean) * scale, weight[i]) }
        } else if let weight {
            for i in 0..<length { y[i] = (x[i] - mean) * scale * weight[i] }
        } else {
            for i in 0..<length { y[i] = (x[i] - mean) * scale }
            if let bias { for i in 0..<length { y[i] += bias[i] } }
        }
    }
}

/// Element `i` of each of up to `laneTile` rows at `x + i * stride`.
@inline(__always)
private func layerNormOfLanes<T: RowElement>(
    _ x: UnsafeMutablePointer<T>, _ y: UnsafeMutablePointer<T>, _ length: Int, _ stride: Int, _ lanes: Int,
    _ weight: UnsafePointer<T>?, _ bias: UnsafePointer<T>?, _ epsilon: T, _ means: UnsafeMutablePointer<T>,
    _ scales: UnsafeMutablePointer<T>
) {
    for lane in 0..<lanes {
        means[lane] = 0
        scales[lane] = 0
    }
    for i in 0..<length { for lane in 0..<lanes { means[lane] += x[i &* stride &+ lane] } }
    let part = 1 / T(length)
    for lane in 0..<lanes { means[lane] *= part }
    for i in 0..<length {
        for lane in 0..<lanes {
            let difference = x[i &* stride &+ lane] - means[lane]
            y[i &* stride &+ lane] = difference
            scales[lane] += difference * difference
        }
    }
    for lane in 0..<lanes { scales[lane] = 1 / (scales[lane] * part + epsilon).squareRoot() }
    for i in 0..<length {
        let (w, b) = (weight?[i] ?? 1, bias?[i] ?? 0)
        for lane in 0..<lanes {
            y[i &* stride &+ lane] = b.addingProduct(y[i &* stride &+ lane] * scales[lane], w)
        }
    }
}

// With x̂ the normalised row and u = gradient · weight: scale (u - mean(u) - x̂ mean(u x̂)).
@inline(__always)
private func layerNormGradientOf<T: RowElement>(
    _: T.Type, _ gradient: UnsafeRawPointer, _ x: UnsafeRawPointer, _ rows: Int, _ length: Int,
    _ weight: UnsafeRawPointer?, _ means: UnsafeRawPointer, _ scales: UnsafeRawPointer,
    _ ofInput: UnsafeMutableRawPointer, _ ofWeight: UnsafeMutableRawPointer?,
    _ ofBias: UnsafeMutableRawPointer?
) {
    let gradient = gradient.assumingMemoryBound(to: T.self)
    let x = x.assumingMemoryBound(to: T.self)
    let means = means.assumingMemoryBound(to: T.self)
    let scales = scales.assumingMemoryBound(to: T.self)
    let ofInput = ofInput.assumingMemoryBound(to: T.self)
    // Sixteen parts at most, whatever the number of threads: their sums join in order.
    let rowsPerPart = max(8, (rows + 15) / 16)
    let parts = max(1, (rows + rowsPerPart - 1) / rowsPerPart)
    let partials = UnsafeMutablePointer<T>.allocate(capacity: (2 * parts + 1) * length)
    defer { partials.deallocate() }
    for i in 0..<(2 * parts * length) { partials[i] = 0 }
    let ones = partials + 2 * parts * length
    for i in 0..<length { ones[i] = 1 }
    let weight = weight?.assumingMemoryBound(to: T.self) ?? UnsafePointer(ones)
    Parallel.units(parts, cost: rowsPerPart * length) { part in
        let (dw, db) = (partials + 2 * part * length, partials + (2 * part + 1) * length)
        for row in (part * rowsPerPart)..<min((part + 1) * rowsPerPart, rows) {
            let (g, x, dx) = (gradient + row * length, x + row * length, ofInput + row * length)
            let (mean, scale) = (means[row], scales[row])
            // dx holds x̂ and then its gradient.
            for i in 0..<length {
                let normal = (x[i] - mean) * scale
                dx[i] = normal
                dw[i] += g[i] * normal
                db[i] += g[i]
            }
            let sum = sumRows(g, weight, length) { $0 * $1 }
            let product = sumOfProducts(g, weight, dx, length)
            let (a, b) = (sum / T(length), product / T(length))
            for i in 0..<length { dx[i] = scale * (g[i] * weight[i] - a - dx[i] * b) }
        }
    }
    for (index, target) in [ofWeight, ofBias].enumerated() {
        guard let target = target?.assumingMemoryBound(to: T.self) else { continue }
        for i in 0..<length { target[i] = 0 }
        for part in 0..<parts {
            let partial = partials + (2 * part + index) * length
            for i in 0..<length { target[i] += partial[i] }
        }
    }
}

@inline(__always)
private func sumOfProducts<T: RowElement>(
    _ a: UnsafePointer<T>, _ b: UnsafePointer<T>, _ c: UnsafePointer<T>, _ n: Int
) -> T {
    let lanes = 64
    return withUnsafeTemporaryAllocation(of: T.self, capacity: lanes) { partial in
        let partial = partial.baseAddress!
        for lane in 0..<lanes { partial[lane] = 0 }
        var start = 0
        while start + lanes <= n {
            for lane in 0..<lanes {
                partial[lane] += a[start &+ lane] * b[start &+ lane] * c[start &+ lane]
            }
            start += lanes
        }
        for i in start..<n { partial[i - start] += a[i] * b[i] * c[i] }
        return joinLanes(partial, lanes) { $0 + $1 }
    }
}
