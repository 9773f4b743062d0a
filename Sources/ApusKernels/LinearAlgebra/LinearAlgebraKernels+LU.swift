import ApusKernelBase
import ApusCore
import COpenBLAS

extension LinearAlgebraKernels {
    /// P·A = L·U with partial pivoting.
    ///
    /// - Parameters:
    ///   - a: batch × m × n.
    ///   - lu: batch × m × n: U on and above the diagonal, L without its unit diagonal below it.
    ///   - pivots: batch × min(m, n): step i swapped row i with row `pivots[i]`, counted from 0 (LAPACK
    ///     counts from 1). The determinant's sign is (−1) to the number of i with `pivots[i] != i`.
    /// - Returns: i > 0 where U[i − 1, i − 1] is exactly 0: the factorisation stands, A is singular; −1 where A is not
    ///   finite, and nothing is written.
    @discardableResult
    package static func luFactor(
        _ dtype: DType, batch: Int, m: Int, n: Int, a: UnsafeRawPointer,
        lu: UnsafeMutableRawPointer, pivots: UnsafeMutablePointer<Int32>
    ) -> [Int32] {
        let type = scalar(dtype, "lu")
        let (rows, columns) = (extent(m, "lu"), extent(n, "lu"))
        let size = m * n * dtype.size
        if size == 0 { return [Int32](repeating: 0, count: batch) }
        return forEachMatrix(batch, cost: m * n * min(m, n)) { item in
            if !isFinite(a + item * size, rows: m, columns: n, dtype) { return notFinite }
            let work = Storage(byteCount: size)
            transpose(a + item * size, rows: m, columns: n, to: work.pointer, dtype)
            let pivots = pivots + item * min(m, n)
            let info = LAPACK.getrf(type, rows, columns, work.pointer, rows, pivots)
            for i in 0..<min(m, n) { pivots[i] -= 1 }
            transpose(work.pointer, rows: n, columns: m, to: lu + item * size, dtype)
            return info
        }
    }

    /// The row of A that each row of P·A is, from the swaps of `luFactor`: `permutation` has m elements.
    package static func permutation(
        pivots: UnsafePointer<Int32>, count: Int, m: Int, permutation: UnsafeMutablePointer<Int64>
    ) {
        for i in 0..<m { permutation[i] = Int64(i) }
        for i in 0..<count {
            let j = Int(pivots[i])
            (permutation[i], permutation[j]) = (permutation[j], permutation[i])
        }
    }

    /// X with op(A)·X = B, from the factors of `luFactor`.
    ///
    /// - Parameters:
    ///   - lu: batch × n × n.
    ///   - pivots: batch × n.
    ///   - b: batch × n × columns.
    ///   - x: batch × n × columns; may be `b`.
    /// - Returns: i > 0 where U[i − 1, i − 1] is exactly 0; x is then not finite.
    @discardableResult
    package static func luSolve(
        _ dtype: DType, batch: Int, n: Int, columns: Int, lu: UnsafeRawPointer,
        pivots: UnsafePointer<Int32>, transposition: Transposition = .none,
        b: UnsafeRawPointer, x: UnsafeMutableRawPointer
    ) -> [Int32] {
        let type = scalar(dtype, "lu solve")
        let (order, width) = (extent(n, "lu solve"), extent(columns, "lu solve"))
        let size = n * columns * dtype.size
        if size == 0 { return [Int32](repeating: 0, count: batch) }
        return forEachMatrix(batch, cost: n * n * columns) { item in
            let lu = lu + item * n * n * dtype.size
            let x = x + item * size
            let pivots = pivots + item * n
            if UnsafeRawPointer(x) != b + item * size { x.copyMemory(from: b + item * size, byteCount: size) }
            let row = columns * dtype.size
            if transposition == .none {
                for i in 0..<n { swapRows(x, i, Int(pivots[i]), byteCount: row) }
                LAPACK.trsm(type, CblasLower, CblasNoTrans, CblasUnit, order, width, lu, order, x, width)
                LAPACK.trsm(type, CblasUpper, CblasNoTrans, CblasNonUnit, order, width, lu, order, x, width)
            } else {
                let blas = transposition.blas
                LAPACK.trsm(type, CblasUpper, blas, CblasNonUnit, order, width, lu, order, x, width)
                LAPACK.trsm(type, CblasLower, blas, CblasUnit, order, width, lu, order, x, width)
                for i in (0..<n).reversed() { swapRows(x, i, Int(pivots[i]), byteCount: row) }
            }
            return firstZeroOnDiagonal(lu, n, dtype)
        }
    }

    /// A⁻¹.
    ///
    /// - Parameters:
    ///   - a: batch × n × n.
    ///   - result: batch × n × n; may be `a`.
    /// - Returns: greater than 0 where A is singular: a pivot is exactly 0; −1 where A is not finite.
    @discardableResult
    package static func inverse(
        _ dtype: DType, batch: Int, n: Int, a: UnsafeRawPointer, result: UnsafeMutableRawPointer
    ) -> [Int32] {
        let type = scalar(dtype, "inverse")
        let order = extent(n, "inverse")
        let size = n * n * dtype.size
        if size == 0 { return [Int32](repeating: 0, count: batch) }
        return forEachMatrix(batch, cost: 2 * n * n * n) { item in
            if !isFinite(a + item * size, rows: n, columns: n, dtype) { return notFinite }
            // Fortran sees Aᵀ, whose inverse is the transpose of A⁻¹.
            let matrix = result + item * size
            if UnsafeRawPointer(matrix) != a + item * size {
                matrix.copyMemory(from: a + item * size, byteCount: size)
            }
            let pivots = Storage(byteCount: n * 4)
            let swaps = pivots.pointer.assumingMemoryBound(to: Int32.self)
            let info = LAPACK.getrf(type, order, order, matrix, order, swaps)
            if info != 0 { return info }
            return withWorkspace(dtype) { LAPACK.getri(type, order, matrix, order, swaps, $0, $1) }
        }
    }

    private static func swapRows(_ x: UnsafeMutableRawPointer, _ i: Int, _ j: Int, byteCount: Int) {
        if i == j { return }
        let first = (x + i * byteCount).assumingMemoryBound(to: UInt32.self)
        let second = (x + j * byteCount).assumingMemoryBound(to: UInt32.self)
        for p in 0..<byteCount / 4 { (first[p], second[p]) = (second[p], first[p]) }
    }

    /// The index, counted from 1, of the first 0 on the diagonal of an n × n matrix; 0 if there is none.
    static func firstZeroOnDiagonal(_ matrix: UnsafeRawPointer, _ n: Int, _ dtype: DType) -> Int32 {
        let parts = dtype.isComplex ? 2 : 1
        for i in 0..<n {
            let element = matrix + (i * n + i) * dtype.size
            var isZero = true
            for part in 0..<parts {
                if dtype.realType == .float32 {
                    isZero = isZero && element.assumingMemoryBound(to: Float.self)[part] == 0
                } else {
                    isZero = isZero && element.assumingMemoryBound(to: Double.self)[part] == 0
                }
            }
            if isZero { return Int32(i + 1) }
        }
        return 0
    }
}
