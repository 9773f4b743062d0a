import ApusCore
import ApusKernelBase
import CProcessor

extension MatrixProduct {
    private typealias Complex = SIMD2<Float>

    /// Whether oneDNN's real product is so much faster than OpenBLAS's complex one that it is worth the copies: with AVX2
    /// alone only where the product is small.
    var isFasterAsReal: Bool {
        let work = m * n * k
        return m >= 24 && n >= 16 && work >= 1 << 15 && (APUS_VECTOR_BYTES == 64 || work <= 1 << 19)
    }

    /// C as a product of real matrices: a number a + ib of A is two neighbors in a row, and one of B, c + id, is the
    /// matrix [[c, d], [−d, c]].
    func multiplyComplex64AsReal() {
        // oneDNN is slow where both operands lie by columns.
        let copy = a.columnStride == 1 ? nil : rowsOfA(Complex.self)
        let left = copy?.operand ?? a
        let right = expandedB()
        let real = MatrixProduct(
            dtype: .float32, batch: batch, m: m, n: 2 * n, k: 2 * k,
            a: MatrixOperand(left.pointer, 2 * left.rowStride, 1),
            aBatchStride: 2 * (copy?.stride ?? aBatchStride),
            b: MatrixOperand(right.pointer, 2 * n, 1),
            bBatchStride: bBatchStride == 0 ? 0 : 4 * k * n, c: c,
            cBatchStride: 2 * cBatchStride, bias: bias, relu: false, accumulate: accumulate)
        real.multiplyFloat32()
        withExtendedLifetime((copy, right)) {}
    }

    /// B with a matrix of four real numbers for each, by rows: one that real parts of A meet and one that imaginary ones do.
    private func expandedB() -> Storage {
        let count = bBatchStride == 0 ? 1 : batch
        let copy = Storage(byteCount: count * 16 * k * n)
        let (conjugatesA, conjugatesB): (Float, Float) = (a.isConjugated ? -1 : 1, b.isConjugated ? -1 : 1)
        let first = Complex(1, conjugatesB)
        let second = Complex(-conjugatesA * conjugatesB, conjugatesA)
        // Where B lies by columns, sixteen rows are made at a time.
        let rows = b.columnStride == 1 ? 1 : 16
        let pieces = (k + rows - 1) / rows
        Parallel.units(count * pieces, cost: rows * n * 2) { unit in
            let (item, row) = (unit / pieces, unit % pieces * rows)
            let from =
                b.pointer.assumingMemoryBound(to: Complex.self) + item * bBatchStride + row * b.rowStride
            let to = copy.pointer.assumingMemoryBound(to: Complex.self) + (item * k + row) * 2 * n
            if rows == 1 { return expand(from, n, first, second, into: to) }
            withUnsafeTemporaryAllocation(of: Complex.self, capacity: rows * n) { scratch in
                let (scratch, count) = (scratch.baseAddress!, min(rows, k - row))
                transpose(from, b.columnStride, scratch, n, rows: n, columns: count)
                for i in 0..<count { expand(scratch + i * n, n, first, second, into: to + i * 2 * n) }
            }
        }
        return copy
    }

    /// The numbers times `first`, part by part, and after them the numbers with parts exchanged times `second`.
    private func expand(
        _ from: UnsafePointer<Complex>, _ count: Int, _ first: Complex, _ second: Complex,
        into to: UnsafeMutablePointer<Complex>
    ) {
        var (firsts, seconds) = (SIMD16<Float>(), SIMD16<Float>())
        for lane in 0..<16 { (firsts[lane], seconds[lane]) = (first[lane % 2], second[lane % 2]) }
        var i = 0
        while i + 8 <= count {
            let value = lanes(from + i)
            var exchanged = SIMD16<Float>()
            exchanged.evenHalf = value.oddHalf
            exchanged.oddHalf = value.evenHalf
            UnsafeMutableRawPointer(to + i).storeBytes(of: value * firsts, as: SIMD16<Float>.self)
            UnsafeMutableRawPointer(to + count + i).storeBytes(
                of: exchanged * seconds, as: SIMD16<Float>.self)
            i += 8
        }
        for i in i..<count {
            to[i] = from[i] * first
            to[count + i] = Complex(from[i].y, from[i].x) * second
        }
    }
}
