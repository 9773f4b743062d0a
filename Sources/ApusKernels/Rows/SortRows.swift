import ApusKernelBase
import ApusCore

extension Kernels {
    /// The order of the elements of each contiguous row: `indices[row][i]` is where the element of rank `i`
    /// stands. Equal elements keep their order; NaN is above everything.
    ///
    /// - Parameters:
    ///   - dtype: a real type that kernels compute in, or `bool`; rows are shorter than 2³² elements.
    ///   - kept: how many indices are wanted, from the start of each row's order.
    package static func sortRows(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int, kept: Int, descending: Bool,
        indices: UnsafeMutablePointer<Int64>
    ) {
        if rows == 0 || kept == 0 { return }
        switch dtype {
        case .bool, .uint8: sortOf(UInt8.self, x, rows, length, kept, descending, indices)
        case .int32: sortOf(Int32.self, x, rows, length, kept, descending, indices)
        case .int64: sortOf(Int64.self, x, rows, length, kept, descending, indices)
        case .float64: sortOf(Double.self, x, rows, length, kept, descending, indices)
        default: sortOf(Float.self, x, rows, length, kept, descending, indices)
        }
    }
}

private struct Item<Key: FixedWidthInteger & UnsignedInteger> {
    var key: Key
    var index: UInt32
}

@inline(__always)
private func sortOf<T: OrderedElement>(
    _: T.Type, _ x: UnsafeRawPointer, _ rows: Int, _ length: Int, _ kept: Int, _ descending: Bool,
    _ indices: UnsafeMutablePointer<Int64>
) {
    let x = x.assumingMemoryBound(to: T.self)
    let selects = kept <= 64 && kept * 4 < length
    // A unit of work shares its scratch memory among its rows.
    let rowsPerUnit = max(1, 4096 / length)
    Parallel.units((rows + rowsPerUnit - 1) / rowsPerUnit, cost: rowsPerUnit * length * 4) { unit in
        let capacity = selects ? kept : length
        let items = UnsafeMutablePointer<Item<T.Key>>.allocate(capacity: 2 * capacity)
        defer { items.deallocate() }
        for row in (unit * rowsPerUnit)..<min((unit + 1) * rowsPerUnit, rows) {
            let (x, indices) = (x + row * length, indices + row * kept)
            // Descending is ascending by the complement, which keeps the order of equal elements.
            let flip: T.Key = descending ? .max : 0
            let sorted: UnsafeMutablePointer<Item<T.Key>>
            if selects {
                selectSmallest(x, length, flip, items, kept)
                sorted = items
            } else {
                for i in 0..<length {
                    items[i] = Item(key: x[i].key ^ flip, index: UInt32(truncatingIfNeeded: i))
                }
                if length <= 48 {
                    insertionSort(items, length)
                    sorted = items
                } else {
                    sorted = sort(items, items + length, length)
                }
            }
            for i in 0..<kept { indices[i] = Int64(sorted[i].index) }
        }
    }
}

@inline(__always)
private func insertionSort<Key>(_ items: UnsafeMutablePointer<Item<Key>>, _ n: Int) {
    for i in 1..<max(n, 1) { insert(items[i], into: items, i) }
}

/// The `kept` smallest in order, by insertion into those found so far. There are more elements.
@inline(__always)
private func selectSmallest<T: OrderedElement>(
    _ x: UnsafePointer<T>, _ n: Int, _ flip: T.Key, _ items: UnsafeMutablePointer<Item<T.Key>>, _ kept: Int
) {
    for i in 0..<kept {
        insert(Item(key: x[i].key ^ flip, index: UInt32(truncatingIfNeeded: i)), into: items, i)
    }
    let largest = items + (kept - 1)
    var start = kept
    while start < n {
        // Few elements are among the smallest: the others are passed over in vector code.
        let block = min(n - start, 64)
        if block == 64 {
            let bound = x[Int(largest.pointee.index)]
            var found: T.Key = 0
            if flip == 0 {
                let isFirst = T.mask(bound.isNotANumber)
                for i in 0..<64 {
                    let value = x[start &+ i]
                    found &-= T.mask(value < bound) | (isFirst & ~T.mask(value.isNotANumber))
                }
            } else {
                for i in 0..<64 { found &-= T.beats(x[start &+ i], bound, largest: true) }
            }
            if found == 0 {
                start += 64
                continue
            }
        }
        for i in start..<(start + block) {
            let key = x[i].key ^ flip
            if key >= largest.pointee.key { continue }
            insert(Item(key: key, index: UInt32(truncatingIfNeeded: i)), into: items, kept - 1)
        }
        start += block
    }
}

/// Inserts an item behind those of `count` sorted ones that are not larger; the place behind them is free.
@inline(__always)
private func insert<Key>(_ item: Item<Key>, into items: UnsafeMutablePointer<Item<Key>>, _ count: Int) {
    var at = count
    while at > 0 && items[at - 1].key > item.key {
        items[at] = items[at - 1]
        at -= 1
    }
    items[at] = item
}

/// Sorts by the bytes of the keys. Returns whichever of both buffers the result ends in.
@inline(__always)
private func sort<Key>(
    _ items: UnsafeMutablePointer<Item<Key>>, _ other: UnsafeMutablePointer<Item<Key>>, _ n: Int
) -> UnsafeMutablePointer<Item<Key>> {
    let bytes = Key.bitWidth / 8
    var (items, other) = (items, other)
    if n <= 4096 && bytes > 2 {
        // Two bytes order few items all but wholly, unless their keys are close together.
        var differing: Key = 0
        for i in 1..<n { differing |= items[i].key ^ items[0].key }
        let end = bytes - differing.leadingZeroBitCount / 8
        let sorted = radixSort(items, other, n, bytes: max(0, end - 2)..<end)
        if end <= 2 || insertionSort(sorted, n, moves: 2 * n) { return sorted }
        if sorted != items { swap(&items, &other) }
    }
    return radixSort(items, other, n, bytes: 0..<bytes)
}

/// Sorts what is almost in order. Returns false, with items still to be sorted, where that takes more moves.
@inline(__always)
private func insertionSort<Key>(_ items: UnsafeMutablePointer<Item<Key>>, _ n: Int, moves: Int) -> Bool {
    var left = moves
    for i in 1..<n where items[i - 1].key > items[i].key {
        let item = items[i]
        var at = i
        repeat {
            items[at] = items[at - 1]
            at -= 1
        } while at > 0 && items[at - 1].key > item.key
        items[at] = item
        left -= i - at
        if left < 0 { return false }
    }
    return true
}

/// Sorts by some bytes, the lowest first, skipping bytes that all keys share. Returns whichever of both
/// buffers the result ends in.
@inline(__always)
private func radixSort<Key>(
    _ items: UnsafeMutablePointer<Item<Key>>, _ other: UnsafeMutablePointer<Item<Key>>, _ n: Int,
    bytes: Range<Int>
) -> UnsafeMutablePointer<Item<Key>> {
    var (source, target) = (items, other)
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 256 * 8) { counts in
        let counts = counts.baseAddress!
        for i in 0..<(256 * bytes.count) { counts[i] = 0 }
        let first = Key(truncatingIfNeeded: bytes.lowerBound * 8)
        for i in 0..<n {
            var key = items[i].key &>> first
            for byte in 0..<bytes.count {
                counts[byte * 256 + Int(truncatingIfNeeded: key & 255)] += 1
                if Key.bitWidth > 8 { key &>>= 8 }
            }
        }
        for byte in bytes {
            let counts = counts + (byte - bytes.lowerBound) * 256
            let shift = Key(truncatingIfNeeded: byte * 8)
            if counts[Int(truncatingIfNeeded: (source[0].key &>> shift) & 255)] == n { continue }
            var start = 0
            for digit in 0..<256 {
                let count = counts[digit]
                counts[digit] = start
                start += count
            }
            for i in 0..<n {
                let item = source[i]
                let digit = Int(truncatingIfNeeded: (item.key &>> shift) & 255)
                target[counts[digit]] = item
                counts[digit] += 1
            }
            swap(&source, &target)
        }
    }
    return source
}
