import ApusCore

/// Elements whose moments are taken at once: they stay in the first-level cache for both passes.
private let momentPiece = 4096

extension Kernels {
    /// Σ(x - mean)² of each contiguous row, over `divisor`.
    ///
    /// The pieces of a long row have their own means, and join by Chan, Golub and LeVeque's formula
    /// (1979): no cancellation, and one pass over the memory.
    public static func variance(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, divisor: Double,
        into result: UnsafeMutableRawPointer
    ) {
        withRowType(dtype) {
            varianceOf($0, x, rows, length, divisor, result)
        } _: {
            varianceOf($0, x, rows, length, divisor, result)
        }
    }
}

@inline(__always)
private func varianceOf<T: RowElement>(
    _: T.Type, _ x: UnsafeRawPointer, _ rows: Int, _ length: Int, _ divisor: Double,
    _ result: UnsafeMutableRawPointer
) {
    let x = x.assumingMemoryBound(to: T.self)
    let result = result.assumingMemoryBound(to: T.self)
    if length <= momentPiece {
        forEachRow(rows, length) { row in
            result[row] = T(moments(x + row * length, length).squares / divisor)
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
        result[row] = T(squares / divisor)
    }
}

/// Two passes, the second corrected for the rounding of the mean.
@inline(__always)
private func moments<T: RowElement>(_ x: UnsafePointer<T>, _ n: Int) -> (mean: Double, squares: Double) {
    let mean = foldRow(x, n, 0, { $0 }, { $0 + $1 }) / T(n)
    let squares = foldRow(x, n, 0, { ($0 - mean) * ($0 - mean) }, { $0 + $1 })
    let rest = Double(foldRow(x, n, 0, { $0 - mean }, { $0 + $1 }))
    return (Double(mean) + rest / Double(n), Double(squares) - rest * rest / Double(n))
}
