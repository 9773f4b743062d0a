import ApusKernelBase
import ApusCore

/// Elements whose moments are taken at once: they stay in the first-level cache for both passes.
private let momentPiece = 4096

extension Kernels {
    /// Σ(x - mean)² / `divisor` of each contiguous row, or its square root, which may be finite where the variance
    /// overflows.
    ///
    /// The pieces of a long row have their own means, and join by Chan, Golub and LeVeque's formula
    /// (1979): no cancellation, and one pass over the memory.
    package static func variance(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, divisor: Double, root: Bool,
        into result: UnsafeMutableRawPointer
    ) {
        withRowType(dtype) {
            varianceOf($0, x, rows, length, divisor, root, result)
        } _: {
            varianceOf($0, x, rows, length, divisor, root, result)
        }
    }
}

@inline(__always)
private func varianceOf<T: RowElement>(
    _: T.Type, _ x: UnsafeRawPointer, _ rows: Int, _ length: Int, _ divisor: Double,
    _ root: Bool, _ result: UnsafeMutableRawPointer
) {
    let x = x.assumingMemoryBound(to: T.self)
    let result = result.assumingMemoryBound(to: T.self)
    if length <= momentPiece {
        forEachRow(rows, length) { row in
            let x = x + row * length
            result[row] = T(deviation(x, length, moments(x, length).squares, divisor, root))
        }
        return
    }
    let pieces = (length + momentPiece - 1) / momentPiece
    let partials = UnsafeMutablePointer<(mean: Double, squares: Double)>.allocate(capacity: rows * pieces)
    defer { partials.deallocate() }
    Parallel.units(rows * pieces, cost: momentPiece) { unit in
        let start = unit % pieces * momentPiece
        partials[unit] = moments(
            x + (unit / pieces * length + start), min(momentPiece, length - start))
    }
    for row in 0..<rows {
        var (mean, squares, count) = (0.0, 0.0, 0.0)
        for piece in 0..<pieces {
            let n = Double(min(momentPiece, length - piece * momentPiece))
            let part = partials[row * pieces + piece]
            let difference = part.mean - mean
            squares += part.squares + difference * difference * count * n / (count + n)
            mean += difference * n / (count + n)
            count += n
        }
        result[row] = T(deviation(x + row * length, length, squares, divisor, root))
    }
}

/// The variance of a row from the sum of its `squares`, or its square root. Where numbers were too large or too small
/// to be squared, it is computed again in units of the largest magnitude.
@inline(__always)
private func deviation<T: RowElement>(
    _ x: UnsafePointer<T>, _ n: Int, _ squares: Double, _ divisor: Double, _ root: Bool
) -> Double {
    if squares >= Double(T.squares.lowerBound), squares <= Double(T.squares.upperBound) {
        return root ? (squares / divisor).squareRoot() : squares / divisor
    }
    return deviationInUnits(x, n, divisor, root)
}

@inline(never)
private func deviationInUnits<T: RowElement>(_ x: UnsafePointer<T>, _ n: Int, _ divisor: Double, _ root: Bool)
    -> Double
{
    let largest = Double(foldRow(x, n, 0, { $0.magnitude }, { $1 > $0 || $1 != $1 ? $1 : $0 }))
    if !(largest < .infinity) { return .nan }
    // A power of two, so that dividing by it does not round; where all elements are zero, any will do.
    let unit = largest == 0 ? 1 : Double(sign: .plus, exponent: largest.exponent, significand: 1)
    var sum = 0.0
    for i in 0..<n { sum += Double(x[i]) / unit }
    let mean = sum / Double(n)
    var (squares, rest) = (0.0, 0.0)
    for i in 0..<n {
        let difference = Double(x[i]) / unit - mean
        squares += difference * difference
        rest += difference
    }
    let variance = max(0, squares - rest * rest / Double(n)) / divisor
    return root ? variance.squareRoot() * unit : variance * unit * unit
}

/// Two passes, the second corrected for the rounding of the mean.
@inline(__always)
private func moments<T: RowElement>(_ x: UnsafePointer<T>, _ n: Int) -> (mean: Double, squares: Double) {
    let mean = foldRow(x, n, 0, { $0 }, { $0 + $1 }) / T(n)
    let squares = foldRow(x, n, 0, { ($0 - mean) * ($0 - mean) }, { $0 + $1 })
    let rest = Double(foldRow(x, n, 0, { $0 - mean }, { $0 + $1 }))
    return (Double(mean) + rest / Double(n), Double(squares) - rest * rest / Double(n))
}
