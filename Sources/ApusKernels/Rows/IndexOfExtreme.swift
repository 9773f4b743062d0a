import ApusCore

extension Kernels {
    /// Where the largest or smallest element of each lane of the middle axis of `split` is, and which it
    /// is. The first of equal ones; NaN wins.
    ///
    /// - Parameters:
    ///   - dtype: a real type that kernels compute in, or `bool`; `split.length` is not 0.
    ///   - values: results of that type, or nil.
    public static func indexOfExtreme(
        _ x: UnsafeRawPointer, _ dtype: DType, _ split: AxisSplit, largest: Bool,
        indices: UnsafeMutablePointer<Int64>, values: UnsafeMutableRawPointer?
    ) {
        switch dtype {
        case .bool, .uint8: extremes(UInt8.self, x, split, largest, indices, values)
        case .int32: extremes(Int32.self, x, split, largest, indices, values)
        case .int64: extremes(Int64.self, x, split, largest, indices, values)
        case .float64: extremes(Double.self, x, split, largest, indices, values)
        default: extremes(Float.self, x, split, largest, indices, values)
        }
    }
}

@inline(__always)
private func extremes<T: OrderedElement>(
    _: T.Type, _ x: UnsafeRawPointer, _ split: AxisSplit, _ largest: Bool,
    _ indices: UnsafeMutablePointer<Int64>, _ values: UnsafeMutableRawPointer?
) {
    if split.isEmpty { return }
    let x = x.assumingMemoryBound(to: T.self)
    let values = values?.assumingMemoryBound(to: T.self)
    if largest {
        extremes(x, split, indices, values) { $0 > $1 || ($0.isNotANumber && !$1.isNotANumber) }
    } else {
        extremes(x, split, indices, values) { $0 < $1 || ($0.isNotANumber && !$1.isNotANumber) }
    }
}

@inline(__always)
private func extremes<T: OrderedElement>(
    _ x: UnsafePointer<T>, _ split: AxisSplit, _ indices: UnsafeMutablePointer<Int64>,
    _ values: UnsafeMutablePointer<T>?, _ beats: (T, T) -> Bool
) {
    let length = split.length
    if split.inner == 1 {
        forEachRow(split.outer, length) { row in
            let x = x + row * length
            let index = length < 64 ? firstExtreme(x, length, beats) : firstOfLongRow(x, length, beats)
            indices[row] = Int64(index)
            values?[row] = x[index]
        }
        return
    }
    let tiles = (split.inner + laneTile - 1) / laneTile
    Parallel.units(split.outer * tiles, cost: length * min(split.inner, laneTile)) { unit in
        let first = unit % tiles * laneTile
        let lanes = min(laneTile, split.inner - first)
        let x = x + (unit / tiles * length * split.inner + first)
        let target = unit / tiles * split.inner + first
        let index = indices + target
        withUnsafeTemporaryAllocation(of: T.self, capacity: laneTile) { best in
            let best = best.baseAddress!
            for lane in 0..<lanes {
                best[lane] = x[lane]
                index[lane] = 0
            }
            for i in 1..<max(length, 1) {
                let x = x + i * split.inner
                for lane in 0..<lanes {
                    let better = beats(x[lane], best[lane])
                    best[lane] = better ? x[lane] : best[lane]
                    index[lane] = better ? Int64(i) : index[lane]
                }
            }
            if let values { for lane in 0..<lanes { values[target + lane] = best[lane] } }
        }
    }
}

@inline(__always)
private func firstExtreme<T>(_ x: UnsafePointer<T>, _ n: Int, _ beats: (T, T) -> Bool) -> Int {
    var index = 0
    for i in 1..<max(n, 1) where beats(x[i], x[index]) { index = i }
    return index
}

/// The extreme first, in vector code, and then the first place where it stands.
@inline(__always)
private func firstOfLongRow<T: OrderedElement>(_ x: UnsafePointer<T>, _ n: Int, _ beats: (T, T) -> Bool)
    -> Int
{
    let extreme = foldRow(x, n, x[0], { $0 }, { beats($1, $0) ? $1 : $0 })
    let block = 64
    var start = 0
    while start + block <= n {
        var found = 0
        for i in 0..<block {
            let same = x[start &+ i] == extreme || x[start &+ i].isNotANumber
            found |= same ? 1 : 0
        }
        if found != 0 { break }
        start += block
    }
    for i in start..<n where x[i] == extreme || x[i].isNotANumber { return i }
    return 0
}
