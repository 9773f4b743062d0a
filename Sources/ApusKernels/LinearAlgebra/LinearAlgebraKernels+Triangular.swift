import ApusKernelBase
import ApusCore
import COpenBLAS

extension LinearAlgebraKernels {
    /// X with op(A)·X = B for a triangular A; the other triangle is not looked at.
    ///
    /// - Parameters:
    ///   - a: batch × n × n.
    ///   - b: batch × n × columns.
    ///   - x: batch × n × columns; may be `b`.
    ///   - unitDiagonal: takes the diagonal for ones without looking at it.
    /// - Returns: i > 0 where A[i − 1, i − 1] is exactly 0; x is then not finite.
    @discardableResult
    package static func triangularSolve(
        _ dtype: DType, batch: Int, n: Int, columns: Int, a: UnsafeRawPointer, upper: Bool,
        unitDiagonal: Bool = false, transposition: Transposition = .none,
        b: UnsafeRawPointer, x: UnsafeMutableRawPointer
    ) -> [Int32] {
        let type = scalar(dtype, "triangular solve")
        let (order, width) = (extent(n, "triangular solve"), extent(columns, "triangular solve"))
        let size = n * columns * dtype.size
        if size == 0 { return [Int32](repeating: 0, count: batch) }
        return forEachMatrix(batch, cost: n * n * columns) { item in
            let a = a + item * n * n * dtype.size
            let x = x + item * size
            if UnsafeRawPointer(x) != b + item * size { x.copyMemory(from: b + item * size, byteCount: size) }
            LAPACK.trsm(
                type, upper ? CblasUpper : CblasLower, transposition.blas,
                unitDiagonal ? CblasUnit : CblasNonUnit, order, width, a, order, x, width)
            return unitDiagonal ? 0 : firstZeroOnDiagonal(a, n, dtype)
        }
    }
}
