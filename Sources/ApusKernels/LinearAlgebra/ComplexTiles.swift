import ApusKernelBase
import ApusCore
import CProcessor

/// Products of complex64 matrices on a processor's matrix tiles.
///
/// Tiles multiply bfloat16. A float32 number is the sum of three of those, its bits in groups of eight, so that six
/// products of parts give what a product of float32 numbers has, up to the last bit; tiles are so much faster that
/// this takes less time. Below 10⁻³³ the parts' last bits are lost.
///
/// Of four real products three are enough (Gauss): with P = (a + b)·c, Q = a·(d − c) and
/// R = b·(c + d), (a + ib)(c + id) = P − R + i(P + Q).
struct ComplexTiles {
    // A step along the depth has 32 numbers, and so has a block of the result along both axes.

    typealias Complex = SIMD2<Float>

    static let areThere = apus_tiles_request()

    /// The elements of a step in one plane: three parts of two tiles of 16 × 32 bfloat16.
    static let stepCount = 3 * 2 * 512
    /// The most positions along the depth that are copied at a time.
    private static let longest = 512

    let a: ComplexTileSource
    let b: ComplexTileSource
    let k: Int

    /// Whether this is worth the copies of both operands.
    static func areWorth(_ m: Int, _ n: Int, _ k: Int) -> Bool {
        m * n >= 24 * (m + n) && k >= 48 && areThere
    }

    /// Whether a product of this depth may be added to C. Not if the depth is copied in several parts: a number that
    /// tiles cannot take would be found after an earlier part was added.
    static func canAccumulate(_ k: Int) -> Bool { k <= longest }

    /// C = A·B or C += A·B, plus a bias for each column, with C row-major. Returns false, and adds nothing to C, where
    /// a number is infinite, NaN, or so large that a sum of parts is infinite.
    func run(into c: UnsafeMutablePointer<Complex>, bias: UnsafePointer<Complex>?, accumulate: Bool) -> Bool {
        let (rowBlocks, columnBlocks) = ((a.outer + 31) / 32, (b.outer + 31) / 32)
        let depth = min((k + 31) / 32, Self.longest / 32)
        let plane = depth * Self.stepCount
        let panel = 3 * plane
        // Four blocks of A stay in a core's cache while the panels of B pass by. If A has no more, a panel is used
        // once, right after it was copied.
        let runs = (rowBlocks + 3) / 4
        let isUsedOnce = runs == 1 && !accumulate
        let copiesBefore = rowBlocks + (isUsedOnce ? 0 : columnBlocks)
        let memory = Storage(byteCount: copiesBefore * panel * 2)
        let left = memory.pointer.assumingMemoryBound(to: UInt16.self)
        let right = left + rowBlocks * panel
        let sound = Storage(byteCount: rowBlocks + columnBlocks)
        let isSound = sound.pointer.assumingMemoryBound(to: Bool.self)
        for first in stride(from: 0, to: k, by: Self.longest) {
            let length = min(Self.longest, k - first)
            func copyRight(_ column: Int, _ to: UnsafeMutablePointer<UInt16>) {
                isSound[rowBlocks + column] = b.copy(
                    block: column, first, length, isLeft: false, planes: to, plane)
            }
            Parallel.tasks(copiesBefore, cost: length * 32) { unit in
                if unit >= rowBlocks { return copyRight(unit - rowBlocks, left + unit * panel) }
                isSound[unit] = a.copy(
                    block: unit, first, length, isLeft: true, planes: left + unit * panel, plane)
            }
            for unit in 0..<copiesBefore where !isSound[unit] { return false }
            Parallel.tasks(columnBlocks * runs, cost: length * 128) { unit in
                let (run, column) = (unit / columnBlocks, unit % columnBlocks)
                let spare = Storage(byteCount: 3 * 32 * 32 * 4 + (isUsedOnce ? panel * 2 : 0))
                let sums = spare.pointer.assumingMemoryBound(to: Float.self)
                var right = right + column * panel
                if isUsedOnce {
                    right = UnsafeMutableRawPointer(sums + 3 * 32 * 32).assumingMemoryBound(to: UInt16.self)
                    copyRight(column, right)
                }
                apus_tiles_begin()
                for row in (run * 4)..<min(run * 4 + 4, rowBlocks) {
                    for index in 0..<3 {
                        apus_tiles_multiply(
                            left + row * panel + index * plane, right + index * plane, sums + index * 1024,
                            (length + 31) / 32)
                    }
                    finish(
                        sums, row, column, into: c, bias: first == 0 ? bias : nil,
                        adds: accumulate || first > 0)
                }
                apus_tiles_end()
                withExtendedLifetime(spare) {}
            }
            for unit in copiesBefore..<(rowBlocks + columnBlocks) where !isSound[unit] { return false }
        }
        withExtendedLifetime((memory, sound)) {}
        return true
    }

    private func finish(
        _ sums: UnsafePointer<Float>, _ row: Int, _ column: Int, into c: UnsafeMutablePointer<Complex>,
        bias: UnsafePointer<Complex>?, adds: Bool
    ) {
        let (height, width) = (min(32, a.outer - row * 32), min(32, b.outer - column * 32))
        let bias = bias.map { $0 + column * 32 }
        for i in 0..<height {
            let from = sums + i * 32
            let to = c + (row * 32 + i) * b.outer + column * 32
            var j = 0
            while j + 16 <= width {
                let (p, q, r) = (lanes(from + j), lanes(from + 1024 + j), lanes(from + 2048 + j))
                let (real, imaginary) = (apus_subtract_f16(p, r), apus_add_f16(p, q))
                var low = apus_low_f16(real, imaginary)
                var high = apus_high_f16(real, imaginary)
                if let bias {
                    low = apus_add_f16(low, lanes(bias + j))
                    high = apus_add_f16(high, lanes(bias + j + 8))
                }
                if adds {
                    low = apus_add_f16(low, lanes(to + j))
                    high = apus_add_f16(high, lanes(to + j + 8))
                }
                UnsafeMutableRawPointer(to + j).storeBytes(of: low, as: SIMD16<Float>.self)
                UnsafeMutableRawPointer(to + j + 8).storeBytes(of: high, as: SIMD16<Float>.self)
                j += 16
            }
            while j < width {
                let p = from[j]
                var value = Complex(p - from[2048 + j], p + from[1024 + j])
                if let bias { value += bias[j] }
                to[j] = adds ? to[j] + value : value
                j += 1
            }
        }
    }
}
