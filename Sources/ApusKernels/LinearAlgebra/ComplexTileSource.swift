import ApusKernelBase
import ApusCore
import CProcessor

/// A complex64 matrix in memory as `ComplexTiles` reads it: outer × depth, distances in complex numbers.
struct ComplexTileSource {
    typealias Complex = SIMD2<Float>
    private typealias Bits = SIMD16<UInt32>

    let start: UnsafePointer<Complex>
    let outer: Int
    let outerStride: Int
    let depthStride: Int
    let isConjugated: Bool

    /// Writes the three planes of Gauss's rule for 32 outer positions, each as three bfloat16 parts, in the order of
    /// tiles. Returns false where a number, or a sum of two, is infinite or NaN.
    ///
    /// A tile of the left operand has a row for each of 16 outer positions. A tile of the right operand has a row for
    /// each pair of positions along the depth, p and p + 16 of a step.
    func copy(
        block: Int, _ first: Int, _ length: Int, isLeft: Bool, planes target: UnsafeMutablePointer<UInt16>,
        _ plane: Int
    ) -> Bool {
        let memory = Storage(byteCount: 16 * 32 * 8)
        let spare = memory.pointer.assumingMemoryBound(to: Complex.self)
        var poison = SIMD16<Float>.zero
        for step in 0..<((length + 31) / 32) {
            for half in 0..<2 {
                let position = block * 32 + half * 16
                let corner = start + position * outerStride + (first + step * 32) * depthStride
                let (count, width) = (max(0, min(16, outer - position)), min(32, length - step * 32))
                let to = target + step * ComplexTiles.stepCount + half * 512
                // On the left a line is an outer position with 32 numbers along the depth, on the right a position of
                // the depth with 16 outer ones.
                var (line, lineStride) = (corner, isLeft ? outerStride : depthStride)
                if count < 16 || width < 32 || (isLeft ? depthStride : outerStride) != 1 {
                    gather(corner, count, width, isLeft, spare)
                    (line, lineStride) = (UnsafePointer(spare), isLeft ? 32 : 16)
                }
                tile(line, lineStride, isLeft, to, plane, &poison)
            }
        }
        withExtendedLifetime(memory) {}
        return (poison .== poison) == SIMDMask(repeating: true)
    }

    /// Brings 16 × 32 numbers into the order of lines, with zeros where there are none.
    private func gather(
        _ corner: UnsafePointer<Complex>, _ count: Int, _ width: Int, _ isLeft: Bool,
        _ spare: UnsafeMutablePointer<Complex>
    ) {
        let (outerStep, depthStep) = isLeft ? (32, 1) : (1, 16)
        if count == 16 && width == 32 && (isLeft ? outerStride : depthStride) == 1 {
            // Lines across those in memory.
            let (across, lines) = isLeft ? (depthStride, 32) : (outerStride, 16)
            for i in stride(from: 0, to: lines, by: 8) {
                for j in stride(from: 0, to: 48 - lines, by: 8) {
                    transpose8(corner + i * across + j, across, spare + j * lines + i, lines)
                }
            }
            return
        }
        for i in 0..<16 {
            for p in 0..<32 {
                spare[i * outerStep + p * depthStep] =
                    i < count && p < width ? corner[i * outerStride + p * depthStride] : .zero
            }
        }
    }

    /// Sixteen rows of a tile, for each plane and part.
    @inline(__always)
    private func tile(
        _ line: UnsafePointer<Complex>, _ lineStride: Int, _ isLeft: Bool,
        _ target: UnsafeMutablePointer<UInt16>, _ plane: Int, _ poison: inout SIMD16<Float>
    ) {
        let sign = SIMD16<Float>(repeating: isConjugated ? -1 : 1)
        let other = isLeft ? 16 : 16 * lineStride
        for row in 0..<16 {
            let x = line + row * lineStride
            let y = x + other
            let (x0, x1, y0, y1) = (lanes(x), lanes(x + 8), lanes(y), lanes(y + 8))
            let (xr, yr) = (apus_even_f16(x0, x1), apus_even_f16(y0, y1))
            let (xi, yi) = (
                apus_multiply_f16(apus_odd_f16(x0, x1), sign), apus_multiply_f16(apus_odd_f16(y0, y1), sign)
            )
            let to = target + row * 32
            // The last part of an infinite number is NaN, and so is every sum with it.
            if isLeft {
                let rest = store(apus_add_f16(xr, xi), apus_add_f16(yr, yi), to)
                store(xr, yr, to + plane)
                store(xi, yi, to + 2 * plane)
                poison = apus_add_f16(poison, rest)
            } else {
                store(xr, yr, to)
                let first = store(apus_subtract_f16(xi, xr), apus_subtract_f16(yi, yr), to + plane)
                let second = store(apus_add_f16(xr, xi), apus_add_f16(yr, yi), to + 2 * plane)
                poison = apus_add_f16(poison, apus_add_f16(first, second))
            }
        }
    }

    /// Writes the three parts of 32 numbers, x and y interleaved: bits 31…16, 15…8 and 7…0. Returns the sum of the last
    /// parts.
    @discardableResult
    @inline(__always)
    private func store(
        _ x: SIMD16<Float>, _ y: SIMD16<Float>, _ to: UnsafeMutablePointer<UInt16>
    ) -> SIMD16<Float> {
        let to = UnsafeMutableRawPointer(to)
        let (x0, y0) = (upper(x), upper(y))
        let (xRest, yRest) = (apus_subtract_f16(x, x0), apus_subtract_f16(y, y0))
        let (x1, y1) = (upper(xRest), upper(yRest))
        let (x2, y2) = (apus_subtract_f16(xRest, x1), apus_subtract_f16(yRest, y1))
        to.storeBytes(of: pair(x0, y0), as: Bits.self)
        to.storeBytes(of: pair(x1, y1), toByteOffset: 2048, as: Bits.self)
        to.storeBytes(of: pair(x2, y2), toByteOffset: 4096, as: Bits.self)
        return apus_add_f16(x2, y2)
    }

    /// The numbers with the lower half of their bits cleared.
    @inline(__always)
    private func upper(_ x: SIMD16<Float>) -> SIMD16<Float> {
        unsafeBitCast(unsafeBitCast(x, to: Bits.self) & Bits(repeating: 0xFFFF_0000), to: SIMD16<Float>.self)
    }

    @inline(__always)
    private func pair(_ x: SIMD16<Float>, _ y: SIMD16<Float>) -> Bits {
        (unsafeBitCast(x, to: Bits.self) &>> 16) | unsafeBitCast(y, to: Bits.self)
    }
}

/// Eight complex numbers, or sixteen real ones.
@inline(__always)
func lanes(_ address: UnsafeRawPointer) -> SIMD16<Float> { address.loadUnaligned(as: SIMD16<Float>.self) }
