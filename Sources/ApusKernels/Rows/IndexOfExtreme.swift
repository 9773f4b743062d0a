import ApusKernelBase
import ApusCore

extension Kernels {
    /// The index of the largest or smallest element of each lane along the middle axis of `split`, and its value. The
    /// first of equal ones; NaN wins.
    ///
    /// - Parameters:
    ///   - dtype: a real type that kernels compute in, or `bool`; `split.length` is not 0.
    ///   - values: results of that type, or nil.
    package static func indexOfExtreme(
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
        extremes(x, split, largest: true, indices, values)
    } else {
        extremes(x, split, largest: false, indices, values)
    }
}

@inline(__always)
private func extremes<T: OrderedElement>(
    _ x: UnsafePointer<T>, _ split: AxisSplit, largest: Bool, _ indices: UnsafeMutablePointer<Int64>,
    _ values: UnsafeMutablePointer<T>?
) {
    let length = split.length
    if split.inner == 1 {
        if length < 64 {
            return extremesOfShortRows(x, split.outer, length, largest: largest, indices, values)
        }
        forEachRow(split.outer, length) { row in
            let x = x + row * length
            let index = firstOfLongRow(x, length, largest: largest)
            indices[row] = Int64(index)
            values?[row] = x[index]
        }
        return
    }
    let tiles = (split.inner + laneTile - 1) / laneTile
    Parallel.units(split.outer * tiles, cost: length * min(split.inner, laneTile)) { unit in
        let first = unit % tiles * laneTile
        let lanes = min(laneTile, split.inner - first)
        let target = unit / tiles * split.inner + first
        extremesOfLanes(
            x + (unit / tiles * length * split.inner + first), step: split.inner, lane: 1, lanes, length,
            largest: largest, indices + target, values.map { $0 + target })
    }
}

/// Rows too short to be searched one by one are transposed, and go side by side, one a lane.
@inline(__always)
private func extremesOfShortRows<T: OrderedElement>(
    _ x: UnsafePointer<T>, _ rows: Int, _ length: Int, largest: Bool,
    _ indices: UnsafeMutablePointer<Int64>, _ values: UnsafeMutablePointer<T>?
) {
    let group = 16
    Parallel.runs((rows + group - 1) / group, cost: group * length) { units in
        withUnsafeTemporaryAllocation(of: T.self, capacity: group * length) { scratch in
            let columns = scratch.baseAddress!
            for unit in units {
                let row = unit * group
                let (x, indices, values) = (x + row * length, indices + row, values.map { $0 + row })
                // A constant number of lanes lets the loops vectorise.
                if row + group <= rows {
                    for i in 0..<length {
                        for lane in 0..<group { columns[i &* group &+ lane] = x[lane &* length &+ i] }
                    }
                    extremesOfLanes(
                        columns, step: group, lane: 1, group, length, largest: largest, indices, values)
                } else {
                    extremesOfLanes(
                        x, step: 1, lane: length, rows - row, length, largest: largest, indices, values)
                }
            }
        }
    }
}

/// Element `i` of a lane is `step` from element `i + 1`, and `lane` from that of the next lane.
@inline(__always)
private func extremesOfLanes<T: OrderedElement>(
    _ x: UnsafePointer<T>, step: Int, lane laneStep: Int, _ lanes: Int, _ length: Int, largest: Bool,
    _ indices: UnsafeMutablePointer<Int64>, _ values: UnsafeMutablePointer<T>?
) {
    // Positions as wide as the elements, so that both fit the same vectors; bytes count no further than 255.
    if length - 1 > T.Key.max {
        for lane in 0..<lanes {
            var at = 0
            for i in 1..<length
            where T.beats(x[i * step + lane * laneStep], x[at * step + lane * laneStep], largest: largest)
                != 0
            {
                at = i
            }
            indices[lane] = Int64(at)
            values?[lane] = x[at * step + lane * laneStep]
        }
        return
    }
    withUnsafeTemporaryAllocation(of: T.self, capacity: laneTile) { best in
        withUnsafeTemporaryAllocation(of: T.Key.self, capacity: laneTile) { at in
            let (best, at) = (best.baseAddress!, at.baseAddress!)
            for lane in 0..<lanes {
                best[lane] = x[lane &* laneStep]
                at[lane] = 0
            }
            for i in 1..<max(length, 1) {
                let x = x + i * step
                let position = T.Key(truncatingIfNeeded: i)
                for lane in 0..<lanes {
                    let (value, former) = (x[lane &* laneStep], best[lane])
                    let better = T.beats(value, former, largest: largest)
                    best[lane] = T.select(better, value, former)
                    at[lane] = (position & better) | (at[lane] & ~better)
                }
            }
            for lane in 0..<lanes { indices[lane] = Int64(at[lane]) }
            if let values { for lane in 0..<lanes { values[lane] = best[lane] } }
        }
    }
}

/// Finds the extreme first, in vector code, and then its first index.
@inline(__always)
private func firstOfLongRow<T: OrderedElement>(_ x: UnsafePointer<T>, _ n: Int, largest: Bool) -> Int {
    let extreme = foldRow(x, n, x[0], { $0 }, { T.extreme($0, $1, largest: largest) })
    if extreme.isNotANumber { return firstIndex(x, n) { $0.isNotANumber } }
    return firstIndex(x, n) { $0 == extreme }
}

/// The index of the first element that is wanted; there must be one.
@inline(__always)
private func firstIndex<T: OrderedElement>(_ x: UnsafePointer<T>, _ n: Int, _ isWanted: (T) -> Bool) -> Int {
    let block = 256
    var start = 0
    while start + block <= n {
        var found: T.Key = 0
        for i in 0..<block { found |= T.mask(isWanted(x[start &+ i])) }
        if found != 0 { break }
        start += block
    }
    for i in start..<n where isWanted(x[i]) { return i }
    return 0
}
