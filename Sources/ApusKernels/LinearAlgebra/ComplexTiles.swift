import ApusCore
import CProcessor

/// Products of complex64 matrices on a processor's matrix tiles.
///
/// Tiles multiply bfloat16. A float32 number is the sum of three of those, its bits in groups of eight, so that six
/// products of parts give what a product of float32 numbers has, up to the last bit; tiles are so much faster that
/// this takes less time. What is infinite gives no number, and below 10⁻³³ the parts' last bits are lost.
///
/// Of four real products three are enough (Gauss): with P = (a + b)·c, Q = a·(d − c) and
/// R = b·(c + d), (a + ib)(c + id) = P − R + i(P + Q).
struct ComplexTiles {
    // A step along the depth has 32 numbers, and so has a block of the result along both axes.

    typealias Complex = SIMD2<Float>
    private typealias Bits = SIMD16<UInt32>

    static let areThere = apus_tiles_request()

    /// Of a step: three parts of two tiles of 16 × 32 bfloat16.
    private static let stepCount = 3 * 2 * 512
    /// Along the inner axis that is copied at a time.
    private static let longest = 512

    /// A matrix in memory: outer × depth, distances in complex numbers.
    struct Source {
        var start: UnsafePointer<Complex>
        let outer: Int
        let outerStride: Int
        let depthStride: Int
    }

    private let a: Source
    private let b: Source
    private let k: Int

    init(a: Source, b: Source, k: Int) {
        self.a = a
        self.b = b
        self.k = k
    }

    /// Whether this is worth the copies of both operands: they take as long as is gained where m·n/(m + n) is about 70.
    static func areWorth(_ m: Int, _ n: Int, _ k: Int) -> Bool {
        m * n >= 80 * (m + n) && k >= 48 && areThere
    }

    /// C = or += A·B for a row-major C.
    func run(into c: UnsafeMutablePointer<Complex>, accumulate: Bool) {
        let (rowBlocks, columnBlocks) = ((a.outer + 31) / 32, (b.outer + 31) / 32)
        let depth = min(k, Self.longest)
        let plane = (depth + 31) / 32 * Self.stepCount
        let memory = Storage(byteCount: (rowBlocks + columnBlocks) * 3 * plane * 2)
        let left = memory.pointer.assumingMemoryBound(to: UInt16.self)
        let right = left + rowBlocks * 3 * plane
        for first in stride(from: 0, to: k, by: depth) {
            let length = min(depth, k - first)
            Parallel.units(rowBlocks + columnBlocks, cost: length * 32) { unit in
                if unit < rowBlocks {
                    Self.copy(a, unit, first, length, isLeft: true, plane, left + unit * 3 * plane)
                } else {
                    let block = unit - rowBlocks
                    Self.copy(b, block, first, length, isLeft: false, plane, right + block * 3 * plane)
                }
            }
            // Four blocks of A stay in a core's cache while the panels of B pass by.
            let runs = (rowBlocks + 3) / 4
            Parallel.units(columnBlocks * runs, cost: 1 << 16) { unit in
                let (run, column) = (unit / columnBlocks, unit % columnBlocks)
                let spare = Storage(byteCount: 3 * 32 * 32 * 4)
                let sums = spare.pointer.assumingMemoryBound(to: Float.self)
                apus_tiles_begin()
                for row in (run * 4)..<min(run * 4 + 4, rowBlocks) {
                    for index in 0..<3 {
                        apus_tiles_multiply(
                            left + (row * 3 + index) * plane, right + (column * 3 + index) * plane,
                            sums + index * 1024,
                            32, (length + 31) / 32, false)
                    }
                    finish(sums, row, column, c, adds: accumulate || first > 0)
                }
                apus_tiles_end()
                withExtendedLifetime(spare) {}
            }
        }
        withExtendedLifetime(memory) {}
    }

    private func finish(
        _ sums: UnsafePointer<Float>, _ row: Int, _ column: Int, _ c: UnsafeMutablePointer<Complex>,
        adds: Bool
    ) {
        let (height, width) = (min(32, a.outer - row * 32), min(32, b.outer - column * 32))
        for i in 0..<height {
            let (p, to) = (sums + i * 32, c + (row * 32 + i) * b.outer + column * 32)
            for j in 0..<width {
                let value = Complex(p[j] - p[2048 + j], p[j] + p[1024 + j])
                to[j] = adds ? to[j] + value : value
            }
        }
    }

    // MARK: Copies

    /// The three planes of 32 outer places.
    private static func copy(
        _ source: Source, _ block: Int, _ first: Int, _ length: Int, isLeft: Bool, _ plane: Int,
        _ target: UnsafeMutablePointer<UInt16>
    ) {
        let spare = Storage(byteCount: 16 * 32 * 8 + 9 * 1024)
        let padded = spare.pointer.assumingMemoryBound(to: Complex.self)
        let tiles = (spare.pointer + 16 * 32 * 8).assumingMemoryBound(to: UInt32.self)
        for step in 0..<((length + 31) / 32) {
            for half in 0..<2 {
                let place = block * 32 + half * 16
                let count = max(0, min(16, source.outer - place))
                let width = min(32, length - step * 32)
                var piece = Source(
                    start: source.start + place * source.outerStride + (first + step * 32)
                        * source.depthStride,
                    outer: 16, outerStride: source.outerStride, depthStride: source.depthStride)
                if count < 16 || width < 32 || (piece.outerStride != 1 && piece.depthStride != 1) {
                    for i in 0..<16 {
                        for p in 0..<32 {
                            padded[i * 32 + p] =
                                i < count && p < width
                                ? piece.start[i * piece.outerStride + p * piece.depthStride] : .zero
                        }
                    }
                    piece = Source(start: UnsafePointer(padded), outer: 16, outerStride: 32, depthStride: 1)
                }
                let isAlongDepth = piece.depthStride == 1
                let to = target + step * stepCount + half * 512
                if isAlongDepth == isLeft {
                    tile(
                        piece, isAlongDepth, isLeft,
                        UnsafeMutableRawPointer(to).assumingMemoryBound(to: UInt32.self), 1024 / 2, plane / 2)
                } else {
                    tile(piece, isAlongDepth, isLeft, tiles, 256, 3 * 256)
                    for index in 0..<3 {
                        for part in 0..<3 {
                            let from = tiles + (index * 3 + part) * 256
                            let out = UnsafeMutableRawPointer(to + index * plane + part * 1024)
                            transpose(from, out.assumingMemoryBound(to: UInt32.self))
                        }
                    }
                }
            }
        }
        withExtendedLifetime(spare) {}
    }

    /// Each plane and part of 16 × 32 numbers: a row for each outer place where they lie along the depth, else for
    /// each pair of places along the depth.
    @inline(__always)
    private static func tile(
        _ piece: Source, _ isAlongDepth: Bool, _ isLeft: Bool, _ target: UnsafeMutablePointer<UInt32>,
        _ part: Int,
        _ plane: Int
    ) {
        for row in 0..<16 {
            let (x, y): (SIMD32<Float>, SIMD32<Float>)
            if isAlongDepth {
                let from = UnsafeRawPointer(piece.start + row * piece.outerStride)
                (x, y) = (
                    from.loadUnaligned(as: SIMD32<Float>.self),
                    from.loadUnaligned(fromByteOffset: 128, as: SIMD32<Float>.self)
                )
            } else {
                let from = piece.start + 2 * row * piece.depthStride
                (x, y) = (
                    UnsafeRawPointer(from).loadUnaligned(as: SIMD32<Float>.self),
                    UnsafeRawPointer(from + piece.depthStride).loadUnaligned(as: SIMD32<Float>.self)
                )
            }
            let (xr, xi, yr, yi) = (x.evenHalf, x.oddHalf, y.evenHalf, y.oddHalf)
            let to = target + row * 16
            if isLeft {
                store(xr + xi, yr + yi, isAlongDepth, to, part)
                store(xr, yr, isAlongDepth, to + plane, part)
                store(xi, yi, isAlongDepth, to + 2 * plane, part)
            } else {
                store(xr, yr, isAlongDepth, to, part)
                store(xi - xr, yi - yr, isAlongDepth, to + plane, part)
                store(xr + xi, yr + yi, isAlongDepth, to + 2 * plane, part)
            }
        }
    }

    /// The three parts of 32 numbers as bfloat16: one after the other, or in pairs.
    @inline(__always)
    private static func store(
        _ x: SIMD16<Float>, _ y: SIMD16<Float>, _ isAlongDepth: Bool, _ to: UnsafeMutablePointer<UInt32>,
        _ part: Int
    ) {
        let (a, b) = (split(x), split(y))
        write(a.0, b.0, isAlongDepth, to)
        write(a.1, b.1, isAlongDepth, to + part)
        write(a.2, b.2, isAlongDepth, to + 2 * part)
    }

    @inline(__always)
    private static func write(_ x: Bits, _ y: Bits, _ isAlongDepth: Bool, _ to: UnsafeMutablePointer<UInt32>)
    {
        let to = UnsafeMutableRawPointer(to)
        if isAlongDepth {
            to.storeBytes(of: SIMD16<UInt16>(truncatingIfNeeded: x &>> 16), as: SIMD16<UInt16>.self)
            to.storeBytes(
                of: SIMD16<UInt16>(truncatingIfNeeded: y &>> 16), toByteOffset: 32, as: SIMD16<UInt16>.self)
        } else {
            to.storeBytes(of: (x &>> 16) | (y & Bits(repeating: 0xFFFF_0000)), as: Bits.self)
        }
    }

    /// Bits 31…16, 15…8 and 7…0 of each number as bfloat16 in the upper halves of the lanes. What is infinite has a
    /// rest that is no number.
    @inline(__always)
    private static func split(_ x: SIMD16<Float>) -> (Bits, Bits, Bits) {
        let mask = Bits(repeating: 0xFFFF_0000)
        let first = unsafeBitCast(x, to: Bits.self) & mask
        let rest = unsafeBitCast(x - unsafeBitCast(first, to: SIMD16<Float>.self), to: Bits.self)
        let second = rest & mask
        let third =
            unsafeBitCast(rest, to: SIMD16<Float>.self) - unsafeBitCast(second, to: SIMD16<Float>.self)
        return (first, second, unsafeBitCast(third, to: Bits.self))
    }

    private static func transpose(_ from: UnsafePointer<UInt32>, _ to: UnsafeMutablePointer<UInt32>) {
        for i in 0..<16 { for j in 0..<16 { to[j * 16 + i] = from[i * 16 + j] } }
    }
}
