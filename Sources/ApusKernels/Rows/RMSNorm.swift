import ApusKernelBase
import ApusCore

extension Kernels {
    /// Each row over its root mean square, times a weight for each position.
    ///
    /// - Parameters:
    ///   - dtype: float32 or float64, of all operands; all are contiguous.
    ///   - weight: `length` elements; nil is ones.
    ///   - scales: each row's 1 / √(mean square + ε), for the gradient.
    package static func rmsNorm(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, weight: UnsafeRawPointer?,
        epsilon: Double, into y: UnsafeMutableRawPointer, scales: UnsafeMutableRawPointer
    ) {
        if rows == 0 || length == 0 { return }
        withRowType(dtype) {
            rmsNormOf($0, x, rows, length, weight, epsilon, y, scales)
        } _: {
            rmsNormOf($0, x, rows, length, weight, epsilon, y, scales)
        }
    }

    /// The gradients of `rmsNorm`'s input and weight.
    package static func rmsNormGradient(
        _ gradient: UnsafeRawPointer, _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int,
        weight: UnsafeRawPointer?, scales: UnsafeRawPointer, ofInput: UnsafeMutableRawPointer,
        ofWeight: UnsafeMutableRawPointer
    ) {
        if length == 0 { return }
        withRowType(dtype) {
            rmsNormGradientOf($0, gradient, x, rows, length, weight, scales, ofInput, ofWeight)
        } _: {
            rmsNormGradientOf($0, gradient, x, rows, length, weight, scales, ofInput, ofWeight)
        }
    }
}

@inline(__always)
private func rmsNormOf<T: RowElement>(
    _: T.Type, _ x: UnsafeRawPointer, _ rows: Int, _ length: Int, _ weight: UnsafeRawPointer?,
    _ epsilon: Double, _ y: UnsafeMutableRawPointer, _ scales: UnsafeMutableRawPointer
) {
    let x = x.assumingMemoryBound(to: T.self)
    let y = y.assumingMemoryBound(to: T.self)
    let scales = scales.assumingMemoryBound(to: T.self)
    let weight = weight?.assumingMemoryBound(to: T.self)
    forEachRow(rows, length) { row in
        let (x, y) = (x + row * length, y + row * length)
        let squares = sumRows(x, x, length) { $0 * $1 }
        let scale = 1 / (squares / T(length) + T(epsilon)).squareRoot()
        scales[row] = scale
        if let weight {
            for i in 0..<length { y[i] = x[i] * scale * weight[i] }
        } else {
            for i in 0..<length { y[i] = x[i] * scale }
        }
    }
}

// With x̂ = x · scale and u = gradient · weight: scale (u - x̂ mean(u x̂)).
@inline(__always)
private func rmsNormGradientOf<T: RowElement>(
    _: T.Type, _ gradient: UnsafeRawPointer, _ x: UnsafeRawPointer, _ rows: Int, _ length: Int,
    _ weight: UnsafeRawPointer?, _ scales: UnsafeRawPointer, _ ofInput: UnsafeMutableRawPointer,
    _ ofWeight: UnsafeMutableRawPointer
) {
    let gradient = gradient.assumingMemoryBound(to: T.self)
    let x = x.assumingMemoryBound(to: T.self)
    let scales = scales.assumingMemoryBound(to: T.self)
    let ofInput = ofInput.assumingMemoryBound(to: T.self)
    let ofWeight = ofWeight.assumingMemoryBound(to: T.self)
    // Sixteen parts at most, whatever the number of threads: their sums join in order.
    let rowsPerPart = max(8, (rows + 15) / 16)
    let parts = (rows + rowsPerPart - 1) / rowsPerPart
    let partials = UnsafeMutablePointer<T>.allocate(capacity: (parts + 1) * length)
    defer { partials.deallocate() }
    for i in 0..<(parts * length) { partials[i] = 0 }
    let ones = partials + parts * length
    for i in 0..<length { ones[i] = 1 }
    let weight = weight?.assumingMemoryBound(to: T.self) ?? UnsafePointer(ones)
    Parallel.units(parts, cost: rowsPerPart * length) { part in
        let partial = partials + part * length
        for row in (part * rowsPerPart)..<min((part + 1) * rowsPerPart, rows) {
            let (g, x, dx) = (gradient + row * length, x + row * length, ofInput + row * length)
            let scale = scales[row]
            // dx holds u and then its gradient.
            for i in 0..<length {
                dx[i] = g[i] * weight[i]
                partial[i] += g[i] * x[i] * scale
            }
            let product = sumRows(UnsafePointer(dx), x, length) { $0 * $1 }
            let slope = product * scale * scale / T(length)
            for i in 0..<length { dx[i] = scale * (dx[i] - x[i] * slope) }
        }
    }
    for i in 0..<length { ofWeight[i] = 0 }
    for part in 0..<parts {
        let partial = partials + part * length
        for i in 0..<length { ofWeight[i] += partial[i] }
    }
}
