import ApusCore

/// Writes the transpose of a row-major float32 matrix: `to` is columns × rows.
func transposeFloats(
    _ from: UnsafePointer<Float>, rows: Int, columns: Int, to: UnsafeMutablePointer<Float>
) {
    // A unit is a strip of 64 columns, so every thread writes rows of its own, and a page of the source gives
    // four cache lines at a time.
    let width = 64
    Parallel.units((columns + width - 1) / width, cost: width * rows) { unit in
        let left = unit * width
        let right = min(left + width, columns)
        let (wholeRows, wholeRight) = (rows & ~15, left + ((right - left) & ~15))
        for i in stride(from: 0, to: wholeRows, by: 16) {
            for j in stride(from: left, to: wholeRight, by: 16) {
                transpose16(from + i * columns + j, columns, to + j * rows + i, rows)
            }
        }
        for j in left..<right {
            for i in (j < wholeRight ? wholeRows : 0)..<rows { to[j * rows + i] = from[i * columns + j] }
        }
    }
}

private typealias Vector16 = SIMD16<Float>

@inline(__always)
private func load(_ pointer: UnsafePointer<Float>) -> Vector16 {
    UnsafeRawPointer(pointer).loadUnaligned(as: Vector16.self)
}

@inline(__always)
private func store(_ pointer: UnsafeMutablePointer<Float>, _ value: Vector16) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: Vector16.self)
}

/// Transposes 16 × 16 floats by four rounds of a perfect shuffle.
private func transpose16(
    _ source: UnsafePointer<Float>, _ leading: Int,
    _ to: UnsafeMutablePointer<Float>, _ step: Int
) {
    typealias Rows = (
        Vector16, Vector16, Vector16, Vector16, Vector16, Vector16, Vector16, Vector16,
        Vector16, Vector16, Vector16, Vector16, Vector16, Vector16, Vector16, Vector16
    )
    @inline(__always) func row(_ i: Int) -> Vector16 { load(source + i * leading) }
    @inline(__always) func low(_ a: Vector16, _ b: Vector16) -> Vector16 {
        var result = Vector16.zero
        result.evenHalf = a.lowHalf
        result.oddHalf = b.lowHalf
        return result
    }
    @inline(__always) func high(_ a: Vector16, _ b: Vector16) -> Vector16 {
        var result = Vector16.zero
        result.evenHalf = a.highHalf
        result.oddHalf = b.highHalf
        return result
    }
    @inline(__always) func shuffle(_ x: Rows) -> Rows {
        (
            low(x.0, x.8), high(x.0, x.8), low(x.1, x.9), high(x.1, x.9),
            low(x.2, x.10), high(x.2, x.10), low(x.3, x.11), high(x.3, x.11),
            low(x.4, x.12), high(x.4, x.12), low(x.5, x.13), high(x.5, x.13),
            low(x.6, x.14), high(x.6, x.14), low(x.7, x.15), high(x.7, x.15)
        )
    }
    let rows: Rows = (
        row(0), row(1), row(2), row(3), row(4), row(5), row(6), row(7),
        row(8), row(9), row(10), row(11), row(12), row(13), row(14), row(15)
    )
    let x = shuffle(shuffle(shuffle(shuffle(rows))))
    store(to, x.0)
    store(to + step, x.1)
    store(to + 2 * step, x.2)
    store(to + 3 * step, x.3)
    store(to + 4 * step, x.4)
    store(to + 5 * step, x.5)
    store(to + 6 * step, x.6)
    store(to + 7 * step, x.7)
    store(to + 8 * step, x.8)
    store(to + 9 * step, x.9)
    store(to + 10 * step, x.10)
    store(to + 11 * step, x.11)
    store(to + 12 * step, x.12)
    store(to + 13 * step, x.13)
    store(to + 14 * step, x.14)
    store(to + 15 * step, x.15)
}
