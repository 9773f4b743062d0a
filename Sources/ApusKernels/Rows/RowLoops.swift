import ApusKernelBase

// Loops over one contiguous row. They go sixteen or sixty-four lanes at a time with a fixed inner trip
// count, which the compiler turns into vector code without a scalar remainder; the end of a row is
// copied to a padded tile instead.

let rowLanes = 16

/// Folds a row: lane by lane, then the lanes pairwise.
@inline(__always)
func foldRow<T>(
    _ x: UnsafePointer<T>, _ n: Int, _ initial: T, _ term: (T) -> T, _ join: (T, T) -> T
) -> T {
    let lanes = 64
    return withUnsafeTemporaryAllocation(of: T.self, capacity: lanes) { partial in
        let partial = partial.baseAddress!
        for lane in 0..<lanes { partial[lane] = initial }
        var start = 0
        while start + lanes <= n {
            for lane in 0..<lanes { partial[lane] = join(partial[lane], term(x[start &+ lane])) }
            start += lanes
        }
        for i in start..<n { partial[i - start] = join(partial[i - start], term(x[i])) }
        return joinLanes(partial, lanes, join)
    }
}

/// Adds up a function of two rows.
@inline(__always)
func sumRows<T: BinaryFloatingPoint>(
    _ x: UnsafePointer<T>, _ y: UnsafePointer<T>, _ n: Int, _ term: (T, T) -> T
) -> T {
    let lanes = 64
    return withUnsafeTemporaryAllocation(of: T.self, capacity: lanes) { partial in
        let partial = partial.baseAddress!
        for lane in 0..<lanes { partial[lane] = 0 }
        var start = 0
        while start + lanes <= n {
            for lane in 0..<lanes { partial[lane] += term(x[start &+ lane], y[start &+ lane]) }
            start += lanes
        }
        for i in start..<n { partial[i - start] += term(x[i], y[i]) }
        return joinLanes(partial, lanes) { $0 + $1 }
    }
}

/// Folds `lanes` values, a power of two, pairwise.
@inline(__always)
func joinLanes<T>(_ partial: UnsafeMutablePointer<T>, _ lanes: Int, _ join: (T, T) -> T) -> T {
    var width = lanes / 2
    while width > 0 {
        for lane in 0..<width { partial[lane] = join(partial[lane], partial[lane + width]) }
        width /= 2
    }
    return partial[0]
}

/// The largest element; NaN is passed over.
@inline(__always)
func rowMaximum<T: RowElement>(_ x: UnsafePointer<T>, _ n: Int) -> T {
    foldRow(x, n, -T.infinity, { $0 }, { $1 > $0 ? $1 : $0 })
}

/// Writes `exp(x - shift)` to `y` where that is given, and returns the sum.
@inline(__always)
func rowExp<T: RowElement>(_ x: UnsafePointer<T>, _ shift: T, _ y: UnsafeMutablePointer<T>?, _ n: Int) -> T {
    withUnsafeTemporaryAllocation(of: T.self, capacity: 2 * rowLanes) { scratch in
        let partial = scratch.baseAddress!
        let tile = partial + rowLanes
        for lane in 0..<rowLanes { partial[lane] = 0 }
        var start = 0
        if let y {
            while start + rowLanes <= n {
                for lane in 0..<rowLanes {
                    let value = T.exponential(x[start &+ lane] - shift)
                    y[start &+ lane] = value
                    partial[lane] += value
                }
                start += rowLanes
            }
        } else {
            while start + rowLanes <= n {
                for lane in 0..<rowLanes { partial[lane] += T.exponential(x[start &+ lane] - shift) }
                start += rowLanes
            }
        }
        if start < n {
            for lane in 0..<rowLanes { tile[lane] = -T.infinity }
            for i in start..<n { tile[i - start] = x[i] }
            for lane in 0..<rowLanes {
                let value = T.exponential(tile[lane] - shift)
                tile[lane] = value
                partial[lane] += value
            }
            if let y { for i in start..<n { y[i] = tile[i - start] } }
        }
        return joinLanes(partial, rowLanes) { $0 + $1 }
    }
}

/// Writes a function of two rows and, through a padded tile at the end, nothing beyond them.
@inline(__always)
func mapRows<T: BinaryFloatingPoint>(
    _ x: UnsafePointer<T>, _ y: UnsafePointer<T>, _ result: UnsafeMutablePointer<T>, _ n: Int,
    _ f: (T, T) -> T
) {
    let start = n / rowLanes * rowLanes
    // Not lanes within steps: those the compiler would take together across steps, and gather their elements.
    for i in 0..<start { result[i] = f(x[i], y[i]) }
    if start == n { return }
    withUnsafeTemporaryAllocation(of: T.self, capacity: 2 * rowLanes) { scratch in
        let (a, b) = (scratch.baseAddress!, scratch.baseAddress! + rowLanes)
        for lane in 0..<(2 * rowLanes) { a[lane] = 0 }
        for i in start..<n {
            a[i - start] = x[i]
            b[i - start] = y[i]
        }
        for lane in 0..<rowLanes { a[lane] = f(a[lane], b[lane]) }
        for i in start..<n { result[i] = a[i - start] }
    }
}
