/// `target[j, i] = source[i, j]`: rows of the source become columns of the target.
///
/// Tiles are transposed in registers; the last tile of a row or column overlaps the one before it.
@inlinable @inline(__always)
package func transpose<E: BitwiseCopyable>(
    _ source: UnsafePointer<E>, _ sourceStride: Int, _ target: UnsafeMutablePointer<E>, _ targetStride: Int,
    rows: Int, columns: Int
) {
    let size = MemoryLayout<E>.size
    let tile = size == 8 ? 8 : 16
    if size == 16 || rows < tile || columns < tile {
        for j in 0..<columns {
            let line = target + j * targetStride
            for i in 0..<rows { line[i] = source[i &* sourceStride &+ j] }
        }
        return
    }
    // Whole rows of tiles: the source's lines follow each other.
    var i = 0
    while true {
        var j = 0
        while true {
            let s = UnsafeRawPointer(source + (i * sourceStride + j))
            let t = UnsafeMutableRawPointer(target + (j * targetStride + i))
            switch size {
            case 1: transpose16(s, sourceStride, t, targetStride, UInt8.self)
            case 2: transpose16(s, sourceStride, t, targetStride, UInt16.self)
            case 4: transpose16(s, sourceStride, t, targetStride, UInt32.self)
            default: transpose8(s, sourceStride, t, targetStride)
            }
            if j + tile == columns { break }
            j = min(j + tile, columns - tile)
        }
        if i + tile == rows { break }
        i = min(i + tile, rows - tile)
    }
}

// The index of an element in a tile of 16 × 16 (8 × 8) has 8 (6) bits: those of its row, then those of its column. A
// pass joins neighboring rows in pairs and separates the even elements from the odd ones, which rotates these bits by
// one. After half as many passes as there are bits, row and column are swapped.

@inlinable @inline(__always)
package func transpose16<E: FixedWidthInteger & SIMDScalar & BitwiseCopyable>(
    _ source: UnsafeRawPointer, _ sourceStride: Int, _ target: UnsafeMutableRawPointer, _ targetStride: Int,
    _: E.Type
) where SIMD16<E>: BitwiseCopyable {
    let size = MemoryLayout<E>.size
    @inline(__always) func load(_ i: Int) -> SIMD16<E> {
        (source + i * sourceStride * size).loadUnaligned(as: SIMD16<E>.self)
    }
    @inline(__always) func store(_ row: SIMD16<E>, _ i: Int) {
        (target + i * targetStride * size).storeBytes(of: row, as: SIMD16<E>.self)
    }
    var low = Eight(
        load(0), load(1), load(2), load(3), load(4), load(5), load(6), load(7))
    var high = Eight(
        load(8), load(9), load(10), load(11), load(12), load(13), load(14), load(15))
    transpose(&low, &high)
    store(low.a, 0)
    store(low.b, 1)
    store(low.c, 2)
    store(low.d, 3)
    store(low.e, 4)
    store(low.f, 5)
    store(low.g, 6)
    store(low.h, 7)
    store(high.a, 8)
    store(high.b, 9)
    store(high.c, 10)
    store(high.d, 11)
    store(high.e, 12)
    store(high.f, 13)
    store(high.g, 14)
    store(high.h, 15)
}

/// Sixteen rows of sixteen become columns.
@inlinable @inline(__always)
package func transpose<E: SIMDScalar>(_ low: inout Eight<SIMD16<E>>, _ high: inout Eight<SIMD16<E>>) {
    for _ in 0..<4 {
        let even = Eight(
            even(low.a, low.b), even(low.c, low.d), even(low.e, low.f), even(low.g, low.h),
            even(high.a, high.b), even(high.c, high.d), even(high.e, high.f), even(high.g, high.h))
        let odd = Eight(
            odd(low.a, low.b), odd(low.c, low.d), odd(low.e, low.f), odd(low.g, low.h),
            odd(high.a, high.b), odd(high.c, high.d), odd(high.e, high.f), odd(high.g, high.h))
        (low, high) = (even, odd)
    }
}

/// Eight rows of eight numbers of 64 bits become columns; strides in numbers.
@inlinable @inline(__always)
package func transpose8(
    _ source: UnsafeRawPointer, _ sourceStride: Int, _ target: UnsafeMutableRawPointer, _ targetStride: Int
) {
    @inline(__always) func load(_ i: Int) -> SIMD8<UInt64> {
        (source + i * sourceStride * 8).loadUnaligned(as: SIMD8<UInt64>.self)
    }
    @inline(__always) func store(_ row: SIMD8<UInt64>, _ i: Int) {
        (target + i * targetStride * 8).storeBytes(of: row, as: SIMD8<UInt64>.self)
    }
    var rows = Eight(load(0), load(1), load(2), load(3), load(4), load(5), load(6), load(7))
    for _ in 0..<3 {
        rows = Eight(
            even(rows.a, rows.b), even(rows.c, rows.d), even(rows.e, rows.f), even(rows.g, rows.h),
            odd(rows.a, rows.b), odd(rows.c, rows.d), odd(rows.e, rows.f), odd(rows.g, rows.h))
    }
    store(rows.a, 0)
    store(rows.b, 1)
    store(rows.c, 2)
    store(rows.d, 3)
    store(rows.e, 4)
    store(rows.f, 5)
    store(rows.g, 6)
    store(rows.h, 7)
}

@inlinable @inline(__always)
package func even<E: SIMDScalar>(_ a: SIMD16<E>, _ b: SIMD16<E>) -> SIMD16<E> {
    SIMD32(lowHalf: a, highHalf: b).evenHalf
}
@inlinable @inline(__always)
package func odd<E: SIMDScalar>(_ a: SIMD16<E>, _ b: SIMD16<E>) -> SIMD16<E> {
    SIMD32(lowHalf: a, highHalf: b).oddHalf
}
@inlinable @inline(__always)
package func even(_ a: SIMD8<UInt64>, _ b: SIMD8<UInt64>) -> SIMD8<UInt64> {
    SIMD16(lowHalf: a, highHalf: b).evenHalf
}
@inlinable @inline(__always)
package func odd(_ a: SIMD8<UInt64>, _ b: SIMD8<UInt64>) -> SIMD8<UInt64> {
    SIMD16(lowHalf: a, highHalf: b).oddHalf
}
